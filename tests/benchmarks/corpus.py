"""Texts to measure on, made from the packaged samples; real ones from ../shared where it is.

``call`` is like what is said on calls, two or three facts a kilobyte; ``dense`` is the samples
alone, notes that go from figure to figure, eight and more.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from schemas import TranscriptMessage

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "pipeline/samples"
SHARED = ROOT.parent / "shared"
PUBLISHED = "2025-11-07T02:30:00Z"
_YEARS = 40
_YEAR = re.compile(r"(?<!\d)20[12]\d(?!\d)")
_FIGURE = re.compile(r"(?<![\dA-Za-z])(?!(?:19|20)\d\d(?!\d))\d+")
_HAN = re.compile(r"[\u3400-\u9fff]")
# So many plain lines to one of a sample's make a call of its figures.
_PLAIN_LINES = 6


def text(language: str, kind: str, size: int, *, seed: int = 1, begin: int = 0) -> str:
    """Give some ``size`` bytes of UTF-8: ``en`` or ``zh``, ``call`` or ``dense``; no two alike.

    ``begin`` chooses the sample that it begins with.
    """
    chance = random.Random(seed)
    lines: list[str] = []
    length = 0
    for line in _lines(language, kind, chance, begin):
        lines.append(line)
        length += len(line.encode()) + 1
        if length >= size:
            break
    return "\n".join(lines)


def transcripts(
    language: str,
    count: int,
    size: int,
    *,
    kind: str = "call",
    first: int = 0,
    mixed: bool = False,
) -> list[TranscriptMessage]:
    """Give transcripts of some ``size`` bytes each, of other years each, as calls are.

    ``first`` is the number of the first one; ``mixed`` ones begin with other companies each.

    Were all of one quarter, hundreds of documents would state each claim, which is not so outside.
    """
    return [
        _of_another_year(
            message(
                f"bench-{language}-{number:05}",
                text(language, kind, size, seed=number, begin=number // _YEARS if mixed else 0),
            ),
            number % _YEARS,
        )
        for number in range(first, first + count)
    ]


def message(transcript_id: str, words: str) -> TranscriptMessage:
    """Give a text as a transcript message."""
    return TranscriptMessage.model_validate(
        {"transcript_id": transcript_id, "text": words, "published_at": PUBLISHED}
    )


def _of_another_year(message: TranscriptMessage, back: int) -> TranscriptMessage:
    def earlier(year: re.Match[str]) -> str:
        return str(int(year[0]) - back)

    words, day = _YEAR.sub(earlier, message.text), _YEAR.sub(earlier, PUBLISHED)
    return TranscriptMessage.model_validate(
        {"transcript_id": message.transcript_id, "text": words, "published_at": day}
    )


def shared() -> dict[str, list[str]]:
    """Give the texts that lie beside the checkout, by what they are; none where there are none."""
    found: dict[str, list[str]] = {}
    calls = SHARED / "ectsum/transcripts.jsonl"
    if calls.exists():
        with calls.open(encoding="utf-8") as lines:
            found["en calls"] = [json.loads(line)["text"] for line in islice(lines, 12)]
    seeds = [path.read_text("utf-8") for path in sorted(SHARED.glob("seeds/*.txt"))]
    english = ["\n".join(filter(_is_english, words.split("\n"))) for words in seeds]
    found["en interview"] = [words for words in english if len(words) > 20_000]
    found["zh articles"] = [words for words in seeds if not _is_english(words)][:5]
    notes = [path.read_text("utf-8") for path in sorted(SHARED.glob("gold/dev/*.txt"))]
    found["zh notes"] = [words for words in notes if not _is_english(words)]
    return {name: texts for name, texts in found.items() if texts}


def _lines(language: str, kind: str, chance: random.Random, begin: int) -> Iterator[str]:
    plain, samples = _plain(language), _samples(language)
    begin %= len(samples)
    samples = samples[begin:] + samples[:begin]
    while True:
        for sample in samples:
            for line in sample:
                yield _FIGURE.sub(_other_figure(chance), line)
                if kind == "call" and line.strip():
                    yield from chance.sample(plain, _PLAIN_LINES)


def _other_figure(chance: random.Random) -> Callable[[re.Match[str]], str]:
    """Put another figure of as many digits, so that nothing is found by having been seen."""

    def other(found: re.Match[str]) -> str:
        digits = found[0]
        low = 10 ** (len(digits) - 1) if digits[0] != "0" and len(digits) > 1 else 0
        return str(chance.randint(low, 10 ** len(digits) - 1)).zfill(len(digits))

    return other


@cache
def _samples(language: str) -> list[list[str]]:
    manifest = json.loads((SAMPLES / "manifest.json").read_text("utf-8"))
    texts = [(SAMPLES / entry["file"]).read_text("utf-8") for entry in manifest]
    wanted = [words for words in texts if _is_english(words) == (language == "en")]
    return [words.split("\n") for words in wanted]


@cache
def _plain(language: str) -> list[str]:
    return (Path(__file__).parent / f"plain_{language}.txt").read_text("utf-8").splitlines()


def _is_english(words: str) -> bool:
    return len(_HAN.findall(words)) * 10 < len(words)
