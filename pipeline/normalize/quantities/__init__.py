"""Quantities in running text: numbers and worded amounts, with their units, in base units."""

from pipeline.normalize.quantities.recognizer import find_quantities

__all__ = ["find_quantities"]
