"""When a quantity holds, what it is compared with, and whether it has happened."""
