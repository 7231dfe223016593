"""The program's version, as facts and dead letters carry it."""

from schemas import Extractor

# That of pyproject.toml. To ask the installed package would delay every start.
VERSION = "0.1.0"

EXTRACTOR = Extractor.trusted(name="callfacts", version=VERSION)
