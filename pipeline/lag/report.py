"""What is known of the lag at one time, and the one who keeps looking."""

import contextlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.lag.business import Business, BusinessLag
from pipeline.lag.monitor import Monitor, PartitionLag, ReaderLag
from pipeline.lag.observe import Observation, Observer
from pipeline.lag.verdict import Verdict, may_change, worst
from pipeline.lag.watched import Reader
from pipeline.problem import Problem
from pipeline.settings import Settings


@dataclass(frozen=True)
class Report:
    """One look, judged with those before it."""

    observation: Observation
    readers: tuple[ReaderLag, ...]
    transcripts: BusinessLag

    @property
    def verdict(self) -> Verdict:
        """The worst of all readers but replays, which are behind by nature."""
        return worst([each.verdict for each in self.readers if each.reader.role != "replay"])

    @property
    def undecided(self) -> list[Reader]:
        """The readers that more looks may yet show to be stalled, or not."""
        return [
            each.reader
            for each in self.readers
            if each.reader.role != "replay"
            and any(may_change(partition.judgement) for partition in each.partitions)
        ]

    def as_json(self) -> dict[str, Any]:
        """Write it as JSON values; times in seconds, None where nothing can be said."""
        moment = datetime.fromtimestamp(self.observation.time, UTC)
        return {
            "observed_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "cluster": self.observation.cluster,
            "verdict": self.verdict,
            "readers": [_reader(each) for each in self.readers],
            "transcripts": {
                "open": self.transcripts.open,
                "by_stage": self.transcripts.by_stage,
                "oldest": None
                if self.transcripts.oldest is None
                else {**asdict(self.transcripts.oldest), "age_seconds": self.transcripts.age},
            },
        }


class Watch:
    """Looks again and again; after a failure it connects anew. ``close`` it."""

    def __init__(
        self, settings: Settings, *, subscribers: bool = False, monitor: Monitor | None = None
    ) -> None:
        """Take the settings; ``look`` connects. ``subscribers`` includes groups of others."""
        self._settings = settings
        self._subscribers = subscribers
        self._monitor = monitor or Monitor()
        self._observer: Observer | None = None
        self._business: Business | None = None

    def look(self) -> Report:
        """Look once; raises ``Problem`` where Kafka does not answer or topics are missing."""
        with self._or_close():
            observer = self._observer = self._observer or Observer(
                self._settings, subscribers=self._subscribers
            )
            observation = observer.observe()
            business = self._business = self._business or Business(self._settings)
            return Report(
                observation,
                tuple(self._monitor.take(observation)),
                business.look(observation),
            )

    def close(self) -> None:
        """Disconnect."""
        observer, self._observer = self._observer, None
        business, self._business = self._business, None
        if business is not None:
            business.close()
        if observer is not None:
            observer.close()

    @contextlib.contextmanager
    def _or_close(self) -> Iterator[None]:
        from kafka.errors import KafkaError

        try:
            yield
        except Problem:
            self.close()
            raise
        except (KafkaError, OSError) as error:
            with contextlib.suppress(KafkaError, OSError, Problem):
                self.close()
            raise Problem(
                f"Kafka at {self._settings.bootstrap_servers} does not answer as it should: {error}"
            ) from error


def _reader(each: ReaderLag) -> dict[str, Any]:
    values = asdict(each, dict_factory=_flat)
    values["partitions"] = [_partition(partition) for partition in each.partitions]
    reader = values.pop("reader")
    return {**reader, **values}


def _partition(each: PartitionLag) -> dict[str, Any]:
    sample = each.reading.sample
    return {
        "partition": each.reading.partition,
        "committed": sample.committed,
        "first": sample.first,
        "end": sample.end,
        "member": None if each.reading.member is None else each.reading.member.client_id,
        **asdict(each.judgement),
    }


def _flat(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in pairs if name != "partitions"}
