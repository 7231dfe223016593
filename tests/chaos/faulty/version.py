"""The program's version, as the chaos suite sets it; what it extracts stays the same."""

import os
from importlib.metadata import version

from schemas import Extractor

EXTRACTOR = Extractor(name="callfacts", version=version("callfacts"))
VERSION = f"{EXTRACTOR.version}+{os.environ['CHAOS_VERSION']}"
