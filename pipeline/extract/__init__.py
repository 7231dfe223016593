"""Third stage: each quantity linked to whom it is about, what it measures, when, and who says it.

``link`` reads a segment's sentences left to right; ``subject``, ``measure`` and ``timing`` settle
the fields; cue words are data in cues.tsv.
"""

from pipeline.extract.stage import extract

__all__ = ["extract"]
