"""Chinese text in pieces that a sentence model can take."""

import re
from collections.abc import Callable, Iterator

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*[」』”’)）]*")
_CLAUSE = re.compile(r"[^，,、：:]+[，,、：:]*")


def sentences(text: str, size: Callable[[str], int], most: int) -> list[str] | None:
    """Cut a text into sentences of at most ``most`` by ``size``, a longer one into clauses.

    None if even a clause is longer: it could only be cut off, and a figure with it.

    >>> sentences("收入增长。利润，持平！", len, 5)
    ['收入增长。', '利润，', '持平！']
    """
    pieces: list[str] = []
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        if not sentence:
            continue
        if size(sentence) <= most:
            pieces.append(sentence)
            continue
        for clause in _clauses(sentence, size, most):
            if size(clause) > most:
                return None
            pieces.append(clause)
    return pieces


def _clauses(sentence: str, size: Callable[[str], int], most: int) -> Iterator[str]:
    """Join the clauses of a sentence to pieces that are as long as may be."""
    joined, length = "", 0
    for match in _CLAUSE.finditer(sentence):
        clause = match[0]
        clause_length = size(clause)
        if joined and length + clause_length > most:
            yield joined
            joined, length = "", 0
        joined += clause
        length += clause_length
    if joined:
        yield joined
