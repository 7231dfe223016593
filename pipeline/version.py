"""The program's version, as facts and dead letters carry it."""

from importlib.metadata import PackageNotFoundError, version

from schemas import Extractor

try:
    VERSION = version("callfacts")
except PackageNotFoundError:
    VERSION = "0.0.0"

EXTRACTOR = Extractor.trusted(name="callfacts", version=VERSION)
