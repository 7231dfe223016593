"""Where the clauses of a sentence part: at commas, colons, dashes and conjunctions."""

from pipeline.extract.places import places_of

# 1 a comma or conjunction, 2 a colon or bar, 3 a semicolon or a dash between clauses.
_WEIGHTS = {
    ";": 3, "—": 3, "–": 3, ":": 2, "|": 2, ",": 1, "，": 1, "、": 1, "(": 1, ")": 1, "/": 1
}  # fmt: skip
# Lists, as the compiled loop over a tuple is slower.
_BREAKS = list(_WEIGHTS)
# What is a break only between blanks, which belong to it.
_BETWEEN_BLANKS = "—–/"
_CONJUNCTIONS = [
    "and", "but", "while", "whereas", "with", "which", "plus", "although", "though", "so", "as"
]  # fmt: skip


def breaks_in(folded: str) -> list[tuple[int, int, int]]:
    """Give start, end and weight of each break of a folded text: punctuation, then conjunctions.

    >>> breaks_in("up 5%, and so on")
    [(5, 6, 1), (7, 10, 1), (11, 13, 1)]
    """
    found: list[tuple[int, int, int]] = []
    last = 0
    for at in places_of(_BREAKS, folded):
        start, end, weight = at, at + 1, _WEIGHTS[folded[at]]
        if folded[at] in _BETWEEN_BLANKS:
            if start and folded[start - 1].isspace() and folded[end : end + 1].isspace():
                start, end = start - 1, end + 1
            elif folded.startswith("——", start):
                end += 1
            else:
                continue
            if start < last:
                continue
        last = end
        found.append((start, end, weight))
    if not ("a" in folded or "i" in folded or "u" in folded or "o" in folded):
        return found  # as most of Chinese: each of them has one of these
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
