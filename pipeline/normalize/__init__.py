"""Second stage: quantities, periods and companies in each segment, and its English."""
