"""Quantities in running text: numbers and worded amounts, with their units, in base units.

What the recogniser knows stands in tables, in folders: ``any`` (codes and symbols), ``en`` and
``zh``. A currency, a unit, a hedge or a number word is a line there and an example in the corpus of
the tests; a language is one more folder, named in ``lexicon.FOLDERS``.
"""

from pipeline.normalize.quantities.recognizer import find_quantities
from pipeline.normalize.quantities.triggers import triggers_in_each

__all__ = ["find_quantities", "triggers_in_each"]
