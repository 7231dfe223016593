"""Feeds from a real broker: where they start, what they store, how they end."""

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest
from kafka import TopicPartition
from kafka_view import Stream
from told import a_fact, tell

from pipeline.problem import Problem
from pipeline.settings import Settings
from pipeline.stream.record import Record
from pipeline.subscribe import (
    ClaimGone,
    Feed,
    UnreadableEvent,
    claims,
    completions,
    facts,
)
from pipeline.subscribe.connection import Connection
from schemas import FactEvent, TranscriptCompleted

pytestmark = pytest.mark.broker

NAMES = [f"f{number}" for number in range(8)]


def there(stream: Stream, **options: Any) -> list[str]:
    """The fact_ids that are there now, sorted: the topic orders them by partition only."""
    with facts(stream.settings, follow=False, **options) as feed:
        return sorted(event.fact_id for event in feed)


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


class TestStart:
    def test_from_the_beginning(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        with facts(stream.settings, follow=False) as feed:
            events = list(feed)
        assert sorted(event.fact_id for event in events) == NAMES
        assert all(isinstance(event, FactEvent) for event in events)

    def test_from_a_time(self, stream: Stream) -> None:
        tell(stream, "before", timestamp_ms=1_760_000_000_000)
        tell(stream, "then", "at-once", timestamp_ms=1_760_000_000_001)
        moment = datetime.fromtimestamp(1_760_000_000, UTC).replace(microsecond=1000)
        assert there(stream, start=moment) == ["at-once", "then"]
        assert there(stream, start=moment.replace(tzinfo=None)) == ["at-once", "then"]
        assert there(stream, start=datetime(2100, 1, 1, tzinfo=UTC)) == []

    def test_from_now(self, stream: Stream) -> None:
        tell(stream, "before")
        with facts(stream.settings, start="now") as feed:
            tell(stream, "after")
            assert next(feed).fact_id == "after"

    def test_an_empty_topic_ends_at_once(self, stream: Stream) -> None:
        assert there(stream) == []
        assert there(stream, group="desk") == []


class TestStoredPosition:
    def read(self, stream: Stream, most: int | None = None, **options: Any) -> list[str]:
        with facts(stream.settings, follow=False, group="desk", **options) as feed:
            return [event.fact_id for event in islice(feed, most)]

    def test_goes_on_where_it_stopped(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        first = self.read(stream, 3)
        # The third was given, but no next one was asked for: it may not have been dealt with.
        second = self.read(stream)
        assert first[2] in second
        assert sorted([*first[:2], *second]) == NAMES
        assert self.read(stream) == []
        tell(stream, "new")
        assert self.read(stream) == ["new"]

    def test_a_reader_that_fails_gets_the_same_again(self, stream: Stream) -> None:
        tell(stream, "one")

        def fail() -> None:
            with facts(stream.settings, follow=False, group="desk") as feed:
                for _ in feed:
                    raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert self.read(stream) == ["one"]

    def test_explicit_commits_alone_move_it(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        assert len(self.read(stream, commits="explicit")) == 8
        with facts(stream.settings, group="desk", commits="explicit") as feed:
            given = [next(feed).fact_id for _ in range(4)]
            feed.commit()
            next(feed)
        rest = self.read(stream, commits="explicit")
        assert sorted([*given, *rest]) == NAMES

    def test_what_is_filtered_out_is_passed_too(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        assert self.read(stream, entity="BBBB") == []
        assert self.read(stream) == []

    def test_the_start_is_that_of_the_first_time(self, stream: Stream) -> None:
        tell(stream, "before")
        assert self.read(stream, start="now") == []
        tell(stream, *NAMES)
        assert sorted(self.read(stream, start="now")) == NAMES
        assert self.read(stream, start="beginning") == []

    def test_groups_know_nothing_of_each_other(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        assert sorted(self.read(stream)) == NAMES
        assert there(stream, group="other") == NAMES
        assert there(stream) == NAMES

    def test_readers_of_one_group_share(self, stream: Stream) -> None:
        found: dict[str, list[str]] = {"left": [], "right": []}
        feeds = {name: facts(stream.settings, group="desk") for name in found}

        def read(name: str) -> None:
            for event in feeds[name]:
                found[name].append(event.fact_id)

        readers = [threading.Thread(target=read, args=[name], daemon=True) for name in found]
        for reader in readers:
            reader.start()
        sent: list[str] = []

        def both_have_some() -> bool:
            sent.append(f"n{len(sent)}")
            tell(stream, sent[-1])
            time.sleep(0.05)
            return all(found.values())

        stream.wait_for(both_have_some)
        stream.wait_for(lambda: set(found["left"] + found["right"]) == set(sent))
        for feed in feeds.values():
            feed.close()
        for reader in readers:
            reader.join(10)
        assert not any(reader.is_alive() for reader in readers)
        # All taken but, of each, the one that it was at: closed while it waited, it was at none.
        assert self.read(stream) == []

    def test_commit_needs_a_group(self, stream: Stream) -> None:
        with facts(stream.settings) as feed, pytest.raises(Problem, match="group=NAME"):
            feed.commit()


class TestWhatPasses:
    def test_filters(self, stream: Stream) -> None:
        tell(stream, "plain")
        tell(stream, "other", entity={"id": "BBBB", "name": "Beta"}, section="qa")
        tell(stream, "unsure", confidence=0.3)
        tell(stream, "guided", modality="forward", metric="capex")
        assert there(stream, entity="AAAA") == ["guided", "plain", "unsure"]
        assert there(stream, metric=["capex", "margin"]) == ["guided"]
        assert there(stream, modality="actual", least_confidence=0.5) == ["other", "plain"]
        assert there(stream, section="qa") == ["other"]

    def test_a_retraction_passes_the_filters_of_its_fact(self, stream: Stream) -> None:
        tell(stream, "f")
        tell(stream, "f", status="retracted")
        with facts(
            stream.settings, follow=False, entity="AAAA", section="prepared", least_confidence=0.9
        ) as feed:
            assert [event.status for event in feed] == ["asserted", "retracted"]

    def test_what_comes_again_is_left_out_on_request(self, stream: Stream) -> None:
        tell(stream, "f", "f", ce_id=b"f-asserted-r1@0-0")
        tell(stream, "f", "f", status="retracted", ce_id=b"f-retracted-r1@0-1")
        tell(stream, "f", revision=2, ce_id=b"f-asserted-r2@0-2")
        # Withdrawn and published again as the same revision: the fact does stand anew.
        tell(stream, "f", "f", ce_id=b"f-asserted-r1@0-3")
        with facts(stream.settings, follow=False, deduplicate=100) as feed:
            told = [(event.status, event.revision) for event in feed]
        assert told == [("asserted", 1), ("retracted", 1), ("asserted", 2), ("asserted", 1)]
        assert len(there(stream)) == 7

    def test_what_was_not_committed_is_not_there(self, stream: Stream) -> None:
        from pipeline.stream.clients import transactional_producer

        producer = transactional_producer(stream.settings, f"{stream.settings.topic_prefix}t")
        topic = stream.settings.topic("facts.events")
        value = a_fact(fact_id="aborted").model_dump_json().encode()
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(topic, key=b"f", value=value).get(60)
        producer.abort_transaction()
        producer.close()
        tell(stream, "f")
        assert there(stream) == ["f"]

    def test_claims_and_those_that_are_gone(self, stream: Stream) -> None:
        stream.send("c1", None, "facts.claims")
        with claims(stream.settings, follow=False, entity="AAAA") as feed:
            assert list(feed) == [ClaimGone("c1")]

    def test_completions(self, stream: Stream) -> None:
        counts = dict.fromkeys(
            (name for name, field in TranscriptCompleted.model_fields.items()
             if field.annotation is int), 1
        )  # fmt: skip
        moments = {"published_at": None, "ingested_at": None, "completed_at": "2025-10-30T21:00Z"}
        done = {"transcript_id": "call", "status": "processed", **counts, **moments}
        completed = TranscriptCompleted.model_validate(done)
        value = completed.model_dump_json().encode()
        stream.send("call", value, "transcripts.completed")
        with completions(stream.settings, follow=False) as feed:
            assert list(feed) == [completed]


class TestTrouble:
    def test_an_unreadable_event_does_not_end_the_feed(self, stream: Stream) -> None:
        tell(stream, "f")
        stream.send("f", b"{}", "facts.events")
        tell(stream, "f", revision=2)
        with facts(stream.settings, follow=False) as feed:
            assert next(feed).revision == 1
            with pytest.raises(UnreadableEvent, match="fact_id: Field required"):
                next(feed)
            assert next(feed).revision == 2
            assert list(feed) == []

    def test_an_unreadable_event_comes_again_until_it_is_passed(self, stream: Stream) -> None:
        stream.send("f", b"{}", "facts.events")
        for _ in range(2):
            with (
                facts(stream.settings, follow=False, group="desk") as feed,
                pytest.raises(UnreadableEvent),
            ):
                next(feed)
        with facts(stream.settings, follow=False, group="desk") as feed:
            with pytest.raises(UnreadableEvent):
                next(feed)
            assert list(feed) == []
        assert there(stream, group="desk") == []

    def test_names_the_broker_that_is_missing(self) -> None:
        nowhere = Settings(bootstrap_servers="127.0.0.1:1")
        with pytest.raises(Problem, match=r"no Kafka answers at 127\.0\.0\.1:1"):
            next(facts(nowhere))

    @pytest.mark.parametrize("group", [None, "desk"])
    def test_names_the_topic_that_is_missing(self, broker: str, group: str | None) -> None:
        nowhere = Settings(bootstrap_servers=broker, topic_prefix="nowhere.")
        before = threads()
        with pytest.raises(Problem, match=r"nowhere\.facts\.events is not there"):
            next(facts(nowhere, group=group))
        assert threads() <= before

    def test_names_a_start_and_commits_that_are_none(self, stream: Stream) -> None:
        with pytest.raises(Problem, match="start is 'today'"):
            next(facts(stream.settings, start="today"))  # type: ignore[arg-type]
        with pytest.raises(Problem, match="commits is 'never'"):
            facts(stream.settings, commits="never")  # type: ignore[arg-type]


class TestClosing:
    def test_leaves_nothing_behind(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        before = threads()
        feed = facts(stream.settings, group="desk")
        with feed:
            next(feed)
        feed.close()
        assert list(feed) == []
        assert threads() <= before
        with pytest.raises(Problem, match="is closed"):
            feed.commit()

    def test_closing_elsewhere_ends_the_loop(self, stream: Stream) -> None:
        feed = facts(stream.settings)
        closing = threading.Timer(0.5, feed.close)
        closing.start()
        assert list(feed) == []
        closing.join(timeout=30)
        assert not closing.is_alive()

    def test_a_loop_that_fetches_all_the_time_does_not_keep_it_waiting(
        self, stream: Stream, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Locks are not fair: the loop takes it again before the other thread has woken up."""
        feed = facts(stream.settings)
        fetches = 0

        def nothing(*_: object, **__: object) -> Iterator[tuple[TopicPartition, Record]]:
            nonlocal fetches
            fetches += 1
            if fetches == 3:
                closing.start()
            # Long enough for the other thread to ask for the lock, which this one holds.
            time.sleep(0.2)
            return iter(())

        monkeypatch.setattr(Connection, "arrivals", nothing)
        closing = threading.Thread(target=feed.close)
        assert list(feed) == []
        closing.join()
        assert fetches == 3


class TestAsynchronously:
    def test_reads_stores_and_closes(self, stream: Stream) -> None:
        tell(stream, *NAMES)
        before = threads()

        async def read(most: int | None) -> list[str]:
            found: list[str] = []
            async with facts(stream.settings, follow=False, group="desk") as feed:
                async for event in feed:
                    found.append(event.fact_id)
                    if len(found) == most:
                        await feed.acommit()
                        break
            return found

        first, rest = asyncio.run(read(3)), asyncio.run(read(None))
        assert sorted([*first, *rest]) == NAMES
        assert threads() <= before

    def test_a_cancelled_wait_loses_nothing(self, stream: Stream) -> None:
        async def read() -> list[str]:
            found: list[str] = []
            async with facts(stream.settings) as feed:
                while len(found) < len(NAMES):
                    try:
                        found.append((await asyncio.wait_for(anext(feed), 0.02)).fact_id)
                    except TimeoutError:
                        if not found:
                            await asyncio.to_thread(tell, stream, *NAMES)
            return found

        found = asyncio.run(asyncio.wait_for(read(), 20))
        assert sorted(set(found)) == NAMES

    def test_the_loop_goes_on_meanwhile_and_may_be_ended(self, stream: Stream) -> None:
        async def read(feed: Feed[FactEvent]) -> list[FactEvent]:
            return [event async for event in feed]

        async def both() -> tuple[list[FactEvent], int]:
            feed = facts(stream.settings, start="now")
            reading = asyncio.create_task(read(feed))
            turns, until = 0, time.monotonic() + 1
            while time.monotonic() < until:
                await asyncio.sleep(0.001)
                turns += 1
            await feed.aclose()
            return await reading, turns

        found, turns = asyncio.run(both())
        assert found == []
        assert turns > 20  # a feed that held up the loop would leave it four, one for each wait
