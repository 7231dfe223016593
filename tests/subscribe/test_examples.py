"""The Python of README.md and docs/subscribing.md, run as it stands."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from kafka_view import Stream
from told import FIELDS, tell

from pipeline.settings import Settings

ROOT = Path(__file__).parents[2]
SECONDS = 200

pytestmark = pytest.mark.broker


def block_with(page: str, words: str) -> str:
    """The one block of Python on a page that has these words."""
    text = (ROOT / page).read_text("utf-8")
    (block,) = [
        each
        for each in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        if words in each
    ]
    return block


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "CALLFACTS_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "CALLFACTS_TOPIC_PREFIX": settings.topic_prefix,
    }


def printed(block: str, settings: Settings, folder: Path) -> list[str]:
    """What a block prints that ends by itself."""
    done = subprocess.run(
        [sys.executable, "-c", block],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def until(condition: Callable[[], bool], block: str, settings: Settings, folder: Path) -> None:
    """Run a block that does not end until a condition holds."""
    with (folder / "printed").open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-u", "-c", block],
            cwd=folder,
            env=environment(settings),
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert running.poll() is None, "it has ended"
            assert time.monotonic() < deadline, "nothing came"
            time.sleep(0.05)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(SECONDS)


def test_the_table_of_guidance_is_kept_up(stream: Stream, tmp_path: Path) -> None:
    block = block_with("README.md", "guidance.db")
    assert len(block.splitlines()) <= 13
    tell(stream, "stands", "goes", modality="forward", statement="Expected.")
    tell(stream, "past", modality="actual")
    tell(stream, "unsure", modality="forward", confidence=0.3)

    def rows() -> list[tuple[str, ...]]:
        if not (tmp_path / "guidance.db").exists():
            return []
        with sqlite3.connect(f"file:{tmp_path}/guidance.db?mode=ro", uri=True) as store:
            tables = store.execute("SELECT 1 FROM sqlite_master").fetchall()
            return sorted(store.execute("SELECT * FROM guidance").fetchall()) if tables else []

    goes, stands = ("goes", "Alpha", "Expected."), ("stands", "Alpha", "Expected.")
    until(lambda: rows() == [goes, stands], block, stream.settings, tmp_path)
    tell(stream, "goes", modality="forward", status="retracted")
    until(lambda: rows() == [stands], block, stream.settings, tmp_path)


def test_kafka_python_alone_reads_facts(stream: Stream, tmp_path: Path) -> None:
    settings = stream.settings
    block = block_with("README.md", "from kafka import KafkaConsumer")
    block = block.replace("127.0.0.1:9092", settings.bootstrap_servers)
    block = block.replace('"facts.events"', f'"{settings.topic("facts.events")}"')
    block = block.replace("my-desk", settings.topic("my-desk"))
    tell(stream, "a", statement="First.")
    tell(stream, "a", statement="First.", status="retracted")

    def told() -> bool:
        return (tmp_path / "printed").read_text() == "asserted First.\nretracted First.\n"

    until(told, block, settings, tmp_path)


def test_facts_since_a_time_by_metric(stream: Stream, tmp_path: Path) -> None:
    tell(stream, "old", timestamp_ms=1_600_000_000_000)
    tell(stream, "other", metric="headcount")
    tell(stream, "exact", value="1234567890123456789.1")
    tell(stream, "range", value=None, low="1.5", high="2")
    block = block_with("docs/subscribing.md", "start=since")
    assert sorted(printed(block, stream.settings, tmp_path)) == [
        "asserted AAAA revenue (Decimal('1.5'), Decimal('2')) USD",
        "asserted AAAA revenue 1234567890123456789.1 USD",
    ]


def test_many_facts_at_once_are_written_once(stream: Stream, tmp_path: Path) -> None:
    block = block_with("docs/subscribing.md", "facts.jsonl")
    tell(stream, "a", "b")
    for _ in range(2):
        printed(block, stream.settings, tmp_path)
    tell(stream, "c")
    printed(block, stream.settings, tmp_path)
    lines = [orjson.loads(line) for line in (tmp_path / "facts.jsonl").read_text().splitlines()]
    assert sorted(each["fact_id"] for each in lines) == ["a", "b", "c"]
    assert {each["value"] for each in lines} == {"5"}


def test_conflicts_of_claims(stream: Stream, tmp_path: Path) -> None:
    stated = {"fact_id": "f", "revision": 1, "published_at": None, "side": None, "unit": "USD"}
    stated |= {"low": None, "high": None, "qualifier": "exact"}
    claim = {name: FIELDS[name] for name in _CLAIMED} | {
        "agreement": "conflict",
        "statements": [
            {**stated, "transcript_id": name, "value": value, "text": f"${value}"}
            for name, value in (("call", "5"), ("essay", "6"))
        ],
        "history": [],
    }
    for name, fields in (("c1", {}), ("c2", {"agreement": "single"}), ("c3", {})):
        stream.send(name, orjson.dumps({**claim, **fields, "claim_id": name}), "facts.claims")
    stream.send("c3", None, "facts.claims")
    block = block_with("docs/subscribing.md", "ClaimGone")
    assert printed(block, stream.settings, tmp_path) == ["c1 call 5 USD $5", "c1 essay 6 USD $6"]


_CLAIMED = (
    *("entity", "scope", "metric", "measure", "unit", "period", "comparison", "modality"),
    *("value", "low", "high", "qualifier"),
)


def test_completions_come_once_to_a_group(stream: Stream, tmp_path: Path) -> None:
    counts = dict.fromkeys(_COUNTS, 0) | {"facts_asserted": 3, "facts_retracted": 1}
    done = {"transcript_id": "call", "revision": 2, "status": "processed", **counts}
    done |= {"published_at": None, "ingested_at": None, "completed_at": "2025-10-30T21:00:00Z"}
    stream.send("call", orjson.dumps(done), "transcripts.completed")
    block = block_with("docs/subscribing.md", "completions(")
    assert printed(block, stream.settings, tmp_path) == ["call 2 processed 3 1"]
    assert printed(block, stream.settings, tmp_path) == []


_COUNTS = (
    *("segments", "quantities", "quantities_used", "quantities_refused"),
    *("quantities_dead_lettered", "facts", "facts_asserted", "facts_unchanged"),
    *("facts_retracted", "dead_letters"),
)
