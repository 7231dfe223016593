"""Megabytes of text a second on one core: ours, a number pass of ``re``, and the peers."""

import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

from pipeline.batch import lines
from pipeline.stages import extract, normalize, segment
from pipeline.written import event_written
from schemas import ExtractedPart
from tests.benchmarks import corpus, peers
from tests.benchmarks.table import Row

BARS = {"en": 0.5, "zh": 1.2}
TIMES_PEER = {"recognizers": 10.0, "quantulum": 100.0}
_SIZE = 300_000
_PEER_SIZE = 16_000
_BEST_OF = 3
_ROUNDS = 7
_NUMBER = re.compile(
    r"[$€£¥]?\d[\d,]*(?:\.\d+)?\s?(?:%|percent|thousand|million|billion|trillion|[万亿萬億]+元?|元)?"
)


def rows() -> Generator[Row, None, None]:
    """Measure each corpus; a peer that cannot be had is left out with a row that says so."""
    found = {name: peers.installed(name) for name in TIMES_PEER}
    for name, peer in found.items():
        if isinstance(peer, peers.Missing):
            yield Row(f"peer {name}", 0.0, "", note=f"left out: {peer.reason}")
    installed = {name: peer for name, peer in found.items() if isinstance(peer, peers.Peer)}
    for what, language, texts in _corpora():
        size = sum(len(words.encode()) for words in texts) / 1e6
        one_pass = _cpu(lambda texts=texts: [_NUMBER.findall(words) for words in texts])  # type: ignore[misc]
        yield Row(f"{what}: one `re` pass", size / one_pass, "MB/s", note="a tenth is the goal")
        those = {n: p for n, p in installed.items() if n != "quantulum" or language == "en"}
        yield from _beside_peers(what, language, texts, those)


def _beside_peers(
    what: str, language: str, texts: list[str], installed: Mapping[str, peers.Peer]
) -> Iterator[Row]:
    """Measure a corpus and its peers by turns: the machine is not as fast in every minute."""
    messages = [corpus.message(f"bench-{n}", words) for n, words in enumerate(texts)]
    size = sum(len(words.encode()) for words in texts) / 1e6
    facts = sum(1 for _ in lines(messages, "facts"))
    pieces = {
        name: peers.faster(peer, language, _excerpt(texts)) for name, peer in installed.items()
    }
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in installed}
    for _ in range(_ROUNDS):
        ours.append(size / _seconds(lambda: sum(1 for _ in lines(messages, "facts"))))
        for name, peer in installed.items():
            theirs[name].append(peers.speed(peer, language, pieces[name]))
    yield Row(
        f"{what}: extract", median(ours), "MB/s", BARS[language],
        note=f"{facts} facts in {size:.2f} MB, {facts / size / 1000:.1f} a KB; {_spread(ours)}",
    )  # fmt: skip
    for name, speeds in theirs.items():
        yield Row(f"{what}: {name}", median(speeds), "MB/s", note=_spread(speeds))
        times = [one / other for one, other in zip(ours, speeds, strict=True)]
        yield Row(
            f"{what}: times {name}", median(times), "x", TIMES_PEER[name], note=_spread(times)
        )


def _spread(figures: list[float]) -> str:
    return f"{min(figures):.3g} to {max(figures):.3g} in {len(figures)} rounds"


def parts() -> Generator[Row, None, None]:
    """Measure what each stage takes of a kilobyte of each corpus, and the writing of its facts."""
    for what, _, texts in _corpora():
        kilobytes = sum(len(words.encode()) for words in texts) / 1e3
        messages = [corpus.message(f"bench-{n}", words) for n, words in enumerate(texts)]
        seconds = dict.fromkeys(_PARTS, 0.0)
        for message in messages:
            values: list[Any] = [message]
            for name, part in _PARTS.items():
                seconds[name] += _cpu(partial(_all, part, values))
                values = _all(part, values)
        for name, spent in seconds.items():
            yield Row(f"{what}: {name}", spent / kilobytes * 1e6, "µs/KB")


def _all(part: Callable[[Any], list[Any]], values: list[Any]) -> list[Any]:
    return [made for value in values for made in part(value)]


def _written(part: ExtractedPart) -> list[bytes]:
    now = datetime.now(UTC)
    return [
        event_written(fact, "asserted", ingested_at=now, extracted_at=now) for fact in part.facts
    ]


_PARTS: dict[str, Callable[[Any], list[Any]]] = {
    "segment": lambda message: list(segment(message)),
    "normalize": lambda part: [normalize(part)],
    "extract": lambda part: [extract(part)],
    "writing the lines": _written,
}


def _corpora() -> Iterator[tuple[str, str, list[str]]]:
    for language in BARS:
        for kind in ("call", "dense"):
            yield (
                f"{language} {kind}",
                language,
                [corpus.text(language, kind, _SIZE // 6, seed=n) for n in range(6)],
            )
    for name, texts in corpus.shared().items():
        yield f"shared {name}", name[:2], texts


def _cpu(work: Callable[[], object]) -> float:
    """The processor seconds of the best of some runs: what else the machine does counts least."""
    return min(_seconds(work) for _ in range(_BEST_OF))


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _excerpt(texts: list[str]) -> str:
    """Some lines from each text: the peers would take minutes for all of them."""
    each = _PEER_SIZE // len(texts)
    pieces = [words.encode()[:each].decode(errors="ignore") for words in texts]
    return "\n".join(pieces)
