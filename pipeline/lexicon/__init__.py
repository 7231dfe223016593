"""Shared knowledge as tables (companies, business lines, metrics) and the functions that read it."""
