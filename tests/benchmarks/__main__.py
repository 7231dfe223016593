"""``python -m tests.benchmarks``: measure, print the table, write the JSON."""

import argparse
import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Generator
from pathlib import Path

from pipeline.cli import COLLECTIONS
from tests.benchmarks import processes, stream, throughput
from tests.benchmarks.table import Row, shown, write

GROUPS: dict[str, Callable[[], Generator[Row, None, None]]] = {
    "throughput": throughput.rows,
    "parts": throughput.parts,
    "linearity": processes.linearity,
    "start": processes.start_up,
    "jobs": processes.jobs,
    "stream": stream.through,
    "latency": stream.latency,
    "memory": stream.memory,
}


def main() -> None:
    """Run the groups that are asked for, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    parser.add_argument(
        "--json", type=Path, default=Path("benchmarks.json"), help="results go here"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.groups) - set(GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    signal.signal(signal.SIGTERM, _end)
    gc.set_threshold(*COLLECTIONS)  # as ``callfacts extract`` does
    rows: list[Row] = []
    for name, measure in GROUPS.items():
        if not arguments.groups or name in arguments.groups:
            with contextlib.closing(measure()) as measured:
                for row in measured:
                    rows.append(row)
                    sys.stderr.write(f"{row.what}: {row.figure:.4g} {row.unit}\n")
    sys.stdout.write(shown(rows) + "\n")
    write(rows, arguments.json)


def _end(*_: object) -> None:
    """Leave as after an error, so that brokers and workers are stopped; ``timeout`` tells twice."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
