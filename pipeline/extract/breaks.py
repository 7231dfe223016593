"""Where the clauses of a sentence part: at commas, colons, dashes and conjunctions."""

from pipeline.patterns import regex

# Weights: 1 a comma or conjunction, 2 a colon or bar, 3 a semicolon or a dash between clauses.
_BREAK = regex(
    r"[;；:：|｜,，、()（）—–/](?:(?P<three>(?<=[;；])|(?<=\s[—–])(?=\s)|(?<=—)—)"
    r"|(?P<two>(?<=[:：|｜]))|(?P<one>(?<=[,，、()（）])|(?<=\s/)(?=\s)))"
)
_WEIGHTS: dict[str | None, int] = {"three": 3, "two": 2, "one": 1}
# What is a break only between blanks, which belong to it.
_BETWEEN_BLANKS = frozenset("—–/")
_CONJUNCTIONS = (
    "and", "but", "while", "whereas", "with", "which", "plus", "although", "though", "so", "as"
)  # fmt: skip


def breaks_in(folded: str) -> list[tuple[int, int, int]]:
    """Give start, end and weight of each break of a folded text: punctuation, then conjunctions.

    >>> breaks_in("up 5%, and so on")
    [(5, 6, 1), (7, 10, 1), (11, 13, 1)]
    """
    found: list[tuple[int, int, int]] = []
    last = 0
    for match in _BREAK.finditer(folded):
        start, end = match.span()
        if folded[start:end] in _BETWEEN_BLANKS:
            start, end = start - 1, end + 1
            if start < last:
                continue
        last = end
        found.append((start, end, _WEIGHTS[match.lastgroup]))
    # Each word is looked for by itself: a search for all of them looks at every character.
    for word in _CONJUNCTIONS:
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            if not _in_word(folded[at - 1 : at]) and not _in_word(folded[end : end + 1]):
                found.append((at, end, 1))
            at = folded.find(word, end)
    return found


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"
