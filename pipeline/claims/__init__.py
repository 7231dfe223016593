"""What documents together say: statements held against each other, claims kept on Kafka."""
