"""Which metric a quantity is an amount of."""
