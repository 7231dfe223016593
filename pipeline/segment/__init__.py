"""Stage 1: a transcript becomes segments, each with its place, its speaker and its headings."""

from pipeline.segment.transcript import segment

__all__ = ["segment"]
