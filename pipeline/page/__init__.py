"""One self-contained page: transcripts as a reader sees them, each fact marked where it is said."""

from pipeline.page.render import render

__all__ = ["render"]
