"""Shared knowledge as tables (companies, business lines, metrics) and what reads it."""
