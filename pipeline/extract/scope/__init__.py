"""Which business and which company a quantity is about."""
