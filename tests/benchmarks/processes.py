"""What is measured of whole processes: growth with size, memory, start-up, several jobs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

from tests.benchmarks import corpus
from tests.benchmarks.table import Row

TIMES_FOR_TEN = 12.0
EXTRA_MEGABYTES = 200.0
FIRST_FACT_SECONDS = 0.5
_CALLFACTS = [sys.executable, "-c", "from pipeline.cli import main; main()", "extract"]
_STARTS = 7
_MEASURE = """
import json, resource, sys, time
from pathlib import Path
from pipeline.batch import lines
from schemas import TranscriptMessage

text = Path(sys.argv[1]).read_text("utf-8")
small = TranscriptMessage(transcript_id="warm", text=text[:20_000])
given = TranscriptMessage(transcript_id="text", text=text)
list(lines([small], "facts"))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin, facts, written = time.process_time(), 0, 0
for line in lines([given], "facts"):
    facts, written = facts + 1, written + len(line)
print(json.dumps({
    "seconds": time.process_time() - begin, "facts": facts,
    "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before,
}))
"""


def linearity(megabytes: int = 10) -> Generator[Row, None, None]:
    """Measure a transcript of 1 MB and one of ten times that, each in a process of its own."""
    for language in ("en", "zh"):
        with tempfile.TemporaryDirectory() as folder:
            small, large = (
                _measured(Path(folder), language, size * 1_000_000 - 2_000)
                for size in (1, megabytes)
            )
        yield Row(
            f"{language}: {megabytes} MB take as long as 1 MB",
            large["seconds"] / small["seconds"],
            "x",
            TIMES_FOR_TEN * megabytes / 10,
            at_most=True,
            note=f"{small['seconds']:.1f} s, {large['seconds']:.1f} s",
        )
        yield Row(
            f"{language}: memory for {megabytes} MB",
            large["kilobytes"] / 1024,
            "MB",
            EXTRA_MEGABYTES,
            at_most=True,
            note="beyond the text itself, which is read before",
        )


def start_up() -> Generator[Row, None, None]:
    """Measure from the start of the command to the first fact of a small transcript."""
    for name in ("halverstone-2025q3-call", "northwind-2025q3-notes"):
        _first_fact(name)  # compiles the modules, which is done once for an installation
        starts = [_first_fact(name) for _ in range(_STARTS)]
        seconds, used = (min(column) for column in zip(*starts, strict=True))
        yield Row(f"first fact of {name}", seconds, "s", FIRST_FACT_SECONDS, at_most=True)
        yield Row(f"processor time until then of {name}", used, "s")


def jobs() -> Generator[Row, None, None]:
    """Measure a backfill of two hundred calls with one process and with two."""
    calls = corpus.transcripts("en", 100, 40_000) + corpus.transcripts("zh", 100, 40_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        path.write_text("\n".join(call.model_dump_json() for call in calls), "utf-8")
        one, two = (_backfill(path, count) for count in (1, 2))
    size = sum(len(call.text.encode()) for call in calls) / 1e6
    yield Row("200 calls, --jobs 1", size / one, "MB/s")
    yield Row("200 calls, --jobs 2", size / two, "MB/s")
    yield Row(
        "two jobs against one",
        one / two,
        "x",
        1.7,
        note=f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    )


def _measured(folder: Path, language: str, size: int) -> dict[str, float]:
    path = folder / f"{language}-{size}.txt"
    path.write_text(corpus.text(language, "call", size), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=corpus.ROOT,
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _first_fact(name: str) -> tuple[float, float]:
    """Give the time until the first line is there, and the processor time used up to then."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [*_CALLFACTS, "--format", "jsonl", str(corpus.SAMPLES / f"{name}.txt")],
        stdout=subprocess.PIPE,
        cwd=corpus.ROOT,
        env=_bytecode_kept(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        seconds, used = time.perf_counter() - begin, processor_time(process.pid)
        process.stdout.read()
    return seconds, used


def processor_time(process_id: int) -> float:
    """Ask the system how long a process has run on a core; 0 where it does not tell."""
    status = Path(f"/proc/{process_id}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _backfill(path: Path, count: int) -> float:
    begin = time.perf_counter()
    subprocess.run(
        [*_CALLFACTS, "--format", "jsonl", "--jobs", str(count), str(path)],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=corpus.ROOT,
    )
    return time.perf_counter() - begin


def _bytecode_kept() -> dict[str, str]:
    """An environment in which modules are compiled once, as where they are installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
