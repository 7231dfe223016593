"""The figures of a run as a table for people and as JSON."""

from typing import Any

from rich.console import Console
from rich.table import Table

from tests.chaos.checker import KINDS
from tests.chaos.rounds import Outcome, Row

_FIGURES = ("rounds", "faults", "kills", "messages", "transcripts", "events", "stalled")


def show(outcome: Outcome, console: Console) -> None:
    """Print a row for each fault, anomalies in red."""
    table = Table("fault", title="Faults and anomalies")
    for name in (*_FIGURES, *KINDS, "seconds"):
        table.add_column(name, justify="right")
    for row in outcome.rows:
        anomalies = [
            f"[bold red]{row.anomalies[kind]}[/]" if row.anomalies[kind] else "0" for kind in KINDS
        ]
        figures = [f"{getattr(row, name):,}" for name in _FIGURES]
        table.add_row(row.fault, *figures, *anomalies, f"{row.seconds:,.0f}")
    console.print(table)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Give the same as plain values, with every anomaly."""
    return {
        "rows": [_row(row) for row in outcome.rows],
        "anomalies": [vars(each) for each in outcome.anomalies],
    }


def _row(row: Row) -> dict[str, Any]:
    figures = {name: getattr(row, name) for name in ("fault", *_FIGURES)}
    counts = {kind: row.anomalies[kind] for kind in KINDS}
    return {**figures, "anomalies": counts, "seconds": round(row.seconds, 1)}
