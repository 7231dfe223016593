"""Small transcripts of many kinds, made at random: every one differs from every other."""

import random
from collections.abc import Callable, Sequence

COMPANIES = ("AAAA", "BBBB", "CCCC", "DDDD", "EEEE", "FFFF", "GGGG", "HHHH", "somebody")

Line = Callable[[random.Random], str]


def standin_line(rng: random.Random) -> str:
    """Write a line for the stand-in stages: a part of its own, with one to three facts."""
    numbers = " and ".join(str(rng.randrange(10**9)) for _ in range(rng.randint(1, 3)))
    return f"{rng.choice(COMPANIES)} made {numbers}"


def real_lines() -> Line:
    """Give a function that picks a paragraph of the packaged samples."""
    from pipeline.samples import samples

    paragraphs = [
        line
        for message in samples()
        for line in message.text.splitlines()
        if len(line) > 60 and any(each.isdigit() for each in line)
    ]

    def line(rng: random.Random) -> str:
        return f"{rng.choice(paragraphs)} Revenue was ${rng.randrange(10**6)} million."

    return line


def revised(lines: Sequence[str], line: Line, rng: random.Random) -> list[str]:
    """Change a text as a correction does: a line gone, another one in its place, or one more."""
    after = list(lines)
    change = rng.choice(("replace", "add", "remove" if len(lines) > 1 else "replace"))
    place = rng.randrange(len(lines))
    if change == "add":
        after.insert(place, line(rng))
    elif change == "remove":
        del after[place]
    else:
        after[place] = line(rng)
    return after
