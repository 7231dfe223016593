"""Where any of a few characters stands in a text."""


def places_of(characters: list[str], text: str) -> list[int]:
    """Give each place of one of the characters, in order.

    A search for one character is so much faster than one for a set of them that a dozen of the
    former take less than one of the latter.

    >>> places_of([".", ","], "1, 2.")
    [1, 4]
    """
    places: list[int] = []
    found = 0
    for character in characters:
        if character not in text:
            continue
        found += 1
        at = text.find(character)
        while at >= 0:
            places.append(at)
            at = text.find(character, at + 1)
    if found > 1:
        places.sort()
    return places
