"""Many transcripts through the stages in this machine's processes, lines out in input order."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from pipeline.stages import extract, normalize, segment
from pipeline.written import event_written
from schemas import NormalizedPart, TranscriptMessage

if TYPE_CHECKING:
    from concurrent.futures import Future

# Transcripts handed to the processes ahead of the one whose lines are awaited, per process.
_AHEAD = 4


def lines(messages: Iterable[TranscriptMessage], stage: str, jobs: int = 1) -> Iterator[bytes]:
    """Give one JSON line a segment (stage ``segmented``, ``normalized``) or a fact event.

    Normalised segments get their English from the translator of the settings; facts need none.

    With several jobs the transcripts are shared among processes; the lines are the same, in the
    same order.
    """
    if jobs == 1:
        for message in messages:
            yield from lines_of(message, stage)
        return
    from concurrent.futures import ProcessPoolExecutor

    waiting: deque[Future[list[bytes]]] = deque()
    with ProcessPoolExecutor(min(jobs, os.cpu_count() or 1)) as pool:
        for message in messages:
            waiting.append(pool.submit(_all_lines, message, stage))
            if len(waiting) >= jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _all_lines(message: TranscriptMessage, stage: str) -> list[bytes]:
    return list(lines_of(message, stage))


def lines_of(message: TranscriptMessage, stage: str) -> Iterator[bytes]:
    """Take one transcript as far as ``stage`` and give its lines as they come."""
    now = datetime.now(UTC)
    for part in segment(message, ingested_at=now):
        if stage == "segmented":
            for cut in part.segments:
                yield _with_id(message.transcript_id, cut.model_dump_json())
            continue
        normal = normalize(part)
        if stage == "normalized":
            for found in _in_english(normal).segments:
                yield _with_id(message.transcript_id, found.model_dump_json())
            continue
        for fact in extract(normal).facts:
            yield event_written(fact, "asserted", ingested_at=now, extracted_at=now)


def _in_english(part: NormalizedPart) -> NormalizedPart:
    from pipeline.settings import Settings
    from pipeline.translate import translator_from, with_english

    settings = Settings.load()
    return with_english(part, translator_from(settings), which=settings.translator_segments)


def _with_id(transcript_id: str, segment_json: str) -> bytes:
    return b'{"transcript_id":' + orjson.dumps(transcript_id) + b"," + segment_json[1:].encode()
