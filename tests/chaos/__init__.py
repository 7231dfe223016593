"""Faults against real workers on a real broker, and a checker that reads only the topics."""
