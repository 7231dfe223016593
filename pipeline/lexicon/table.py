"""How a table of this folder is read."""

from importlib.resources import files


def read_table(name: str) -> list[list[str]]:
    """Give the rows of the TSV file ``name``: without comment lines, empty lines and the header."""
    text = files("pipeline.lexicon").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"][1:]
