"""``callfacts demo``."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.options import with_settings
from pipeline.cli.output import say
from pipeline.problem import Problem
from pipeline.settings import Settings

if TYPE_CHECKING:
    from schemas import TranscriptCompleted, TranscriptMessage

_PARTITIONS = 2
_PATIENCE_SECONDS = 120.0


@click.command()
@with_settings("bootstrap_servers", "cache_dir")
def command(settings: Settings) -> int:
    """See everything work, with nothing else at hand.

    Starts a local broker where none answers, creates topics of its own, starts a worker, publishes
    the sample transcripts that come with the program, and prints their facts as they arrive; then
    stops and removes all that it made. The first time takes up to three minutes where the broker
    must be fetched.

    \b
    Example:
      callfacts demo
    """
    from pipeline.samples import samples

    given = samples()
    with contextlib.ExitStack() as stack:
        running = stack.enter_context(_broker(settings))
        own = replace(running, topic_prefix=f"demo-{uuid.uuid4().hex[:8]}.", partitions=_PARTITIONS)
        stack.enter_context(_topics(own))
        stack.enter_context(_worker(own))
        completed = _watch(own, given)
    return 0 if len(completed) == len(given) else 1


@contextlib.contextmanager
def _broker(settings: Settings) -> Iterator[Settings]:
    """Use the broker that answers; else start one, which is stopped and deleted afterwards."""
    from pipeline import broker
    from pipeline.broker.readiness import serves
    from topics import cluster

    if settings.security_protocol != "PLAINTEXT":  # no broker of ours would speak it
        with cluster.connected(settings):
            say(f"broker: {settings.bootstrap_servers} answers")
        yield settings
        return
    if serves(settings.bootstrap_servers, seconds=2):
        say(f"broker: {settings.bootstrap_servers} answers")
        yield settings
        return
    folder = settings.cache_dir / "kafka" / "brokers" / f"demo-{uuid.uuid4().hex[:8]}"
    started = broker.start(folder, cache=settings.cache_dir, port=0, tell=say)
    say(f"broker: started on {started.bootstrap_servers}")
    try:
        yield replace(settings, bootstrap_servers=started.bootstrap_servers)
    finally:
        broker.stop(folder, cache=settings.cache_dir, delete_data=True)
        _remove(folder)
        say("broker: stopped")


def _remove(folder: Any) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _topics(settings: Settings) -> Iterator[None]:
    """Create topics of the demo's own, and delete them afterwards."""
    from topics import DECLARED, cluster

    with cluster.connected(settings) as admin:
        cluster.apply(admin, settings)
    say(f"topics: created with the prefix {settings.topic_prefix}")
    try:
        yield
    finally:
        with contextlib.suppress(Problem), cluster.connected(settings) as admin:
            admin.delete_topics([settings.topic(topic.name) for topic in DECLARED])


@contextlib.contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    from pipeline.stream.worker import Worker

    worker = Worker(replace(settings, log_level="error"))
    try:
        worker.start()
        say("worker: segment, normalize, extract, publish")
        yield
    finally:
        worker.stop()
        say("worker: stopped")


def _watch(settings: Settings, samples: "list[TranscriptMessage]") -> "list[TranscriptCompleted]":
    """Publish the samples; print facts as they arrive, until all samples are completed."""
    from pipeline.cli.facttable import fact_console, heading, line
    from pipeline.stream.sending import send, transcript
    from pipeline.stream.subscription import Subscription
    from schemas import FactEvent, TranscriptCompleted

    subscription = Subscription(settings, ["facts.events", "transcripts.completed"])
    subscription.from_beginning()
    began = time.monotonic()
    landed = sum(1 for _ in send(settings, map(transcript, samples)))
    say(f"published: {landed} sample transcripts\n")
    console = fact_console()
    console.print(heading(), no_wrap=True, overflow="crop")
    completed: list[TranscriptCompleted] = []
    facts = 0
    for record in subscription.records(follow=True):
        if record is not None and record.value is not None:
            if record.topic == settings.topic("facts.events"):
                event = FactEvent.model_validate_json(record.value)
                console.print(line(event), no_wrap=True, overflow="ellipsis")
                facts += 1
            else:
                completed.append(TranscriptCompleted.model_validate_json(record.value))
        if len(completed) == len(samples) and facts >= sum(c.facts_asserted for c in completed):
            break
        if time.monotonic() - began > _PATIENCE_SECONDS:
            waiting = {s.transcript_id for s in samples} - {c.transcript_id for c in completed}
            raise Problem(f"not completed after {_PATIENCE_SECONDS:.0f} s: {sorted(waiting)}")
    say(
        f"\n{facts} facts of {len(completed)} transcripts in {time.monotonic() - began:.1f} s; "
        f"{sum(c.quantities for c in completed)} quantities, "
        f"{sum(c.dead_letters for c in completed)} dead letters"
    )
    return completed
