"""Third stage: each quantity linked to whom it is about, what it measures, when, and who says it.

``link`` reads a segment's sentences left to right. For each quantity ``metric.subject``,
``amount.measure``, ``scope.scoping`` and ``time.timing`` settle the fields, from its ``place`` in
the sentence, the ``frame`` that the sentences before have left and the ``setting`` of the segment;
cue words are data in cues.tsv.
"""

from pipeline.extract.stage import extract

__all__ = ["extract"]
