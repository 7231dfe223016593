"""The topics of the pipeline, declared once, and what keeps a cluster in step with them."""
