"""English for normalised segments, beside the stages: facts never wait for it.

A group of its own reads ``transcripts.normalized``, and what the translator of the settings makes
of a part goes to ``transcripts.translated``, in one Kafka transaction with the offset: once for
each part, however often a worker dies. What the translator does not give in time is left out.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pipeline.metrics.observer import observer
from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.hop import Hop
from pipeline.stream.record import (
    NORMALIZED,
    TRANSLATED,
    Lineage,
    LineageError,
    Message,
    Record,
    event_headers,
    traceparent_of,
)
from pipeline.stream.transaction import Sending, Transactional
from pipeline.translate import Translator, translator_from, with_english, without_english
from schemas import NormalizedPart, SegmentEnglish, TranslatedPart

if TYPE_CHECKING:
    from kafka import TopicPartition
    from kafka.structs import ConsumerGroupMetadata

SOURCE = "transcripts.normalized"
TARGET = "transcripts.translated"
STAGE = "translate"

# A part takes as long as the translator may take for each of two scripts. A group gives up on a
# member that does not ask for more within five minutes.
_PARTS_AT_ONCE = 4
_LONGEST_TIMEOUT = 300 // (2 * _PARTS_AT_ONCE) - 1


def check_translator(settings: Settings) -> None:
    """Raise ``Problem`` where no translator is set, or one that may take too long for the stream.

    ``BadSetting`` where the translator lacks a setting.
    """
    if settings.translator == "none":
        raise Problem(
            "CALLFACTS_TRANSLATOR is none, so that there is nothing to do for the stage translate; "
            "expected ctranslate2 or openai"
        )
    if settings.translator_timeout > _LONGEST_TIMEOUT:
        raise Problem(
            f"CALLFACTS_TRANSLATOR_TIMEOUT is {settings.translator_timeout}; expected at most "
            f"{_LONGEST_TIMEOUT} seconds for a worker, whose group would give up on it"
        )


def translate_stream(
    settings: Settings, stop: threading.Event, ready: Callable[[], None] = lambda: None
) -> None:
    """Translate until ``stop`` is set; raises ``StageStoppedError`` when it cannot go on."""
    check_translator(settings)
    translator = translator_from(settings)
    Hop(
        settings,
        STAGE,
        STAGE,
        (SOURCE,),
        lambda place: TranslatingPartition(settings, place, translator),
        at_once=_PARTS_AT_ONCE,
    ).run(stop, ready)


class TranslatingPartition(Transactional):
    """The translations of one partition of normalised parts, from ``open`` to ``close``."""

    stage = STAGE
    targets = (TARGET,)

    def __init__(self, settings: Settings, place: "TopicPartition", translator: Translator) -> None:
        """Take the partition of normalised parts; ``open`` connects."""
        group = settings.topic(settings.worker_group)
        super().__init__(settings, f"{group}-{STAGE}-{place.partition}")
        self._translator = translator
        self._which = settings.translator_segments

    def publish(
        self, records: Sequence[Record], committed: dict[Any, Any], group: "ConsumerGroupMetadata"
    ) -> None:
        """Translate a batch and send what came of it, in one transaction with its offset."""
        messages = list(self._messages(records))
        sending = Sending(self._settings, self._producer)
        sending.commit_offsets(committed, group)
        for message in messages:
            sending.send(message)
        sending.commit()

    def _messages(self, records: Sequence[Record]) -> Iterator[Message]:
        for record in records:
            if record.type != NORMALIZED:
                continue
            try:
                lineage = Lineage.read(record.headers)
                part = NormalizedPart.model_validate_json(record.value or b"")
            except (LineageError, ValidationError):
                # The stage extract reads the same record, and sends it to the dead letters.
                continue
            if (english := self._english(part)) is not None:
                yield _message(english, record, lineage)

    def _english(self, part: NormalizedPart) -> TranslatedPart | None:
        done = with_english(part, self._translator, which=self._which)
        new = tuple(
            SegmentEnglish(
                segment_id=each.segment_id,
                language=each.language,
                start=each.start,
                end=each.end,
                english=each.english,
            )
            for before, each in zip(part.segments, done.segments, strict=True)
            if each.english is not None and before.english is None
        )
        observer().translated(len(new), missing=len(without_english(done, which=self._which)))
        if not new:
            return None
        return TranslatedPart(
            transcript_id=part.transcript.transcript_id,
            revision=part.transcript.revision,
            part=part.part,
            parts=part.parts,
            translator=self._translator.identity,
            segments=new,
        )


def _message(english: TranslatedPart, record: Record, lineage: Lineage) -> Message:
    headers = event_headers(
        stage=STAGE,
        kind=TRANSLATED,
        identity=f"{lineage.identity}-{lineage.part}",
        moment=datetime.now(UTC),
        traceparent=traceparent_of(record, lineage.identity),
    )
    return Message(TARGET, record.key, english.model_dump_json().encode(), headers)
