"""One self-contained page: a transcript as a reader sees it, every fact marked at its characters."""

from pipeline.page.render import render

__all__ = ["render"]
