"""What a quantity amounts to: its measure, its sign, its unit."""
