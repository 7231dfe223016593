"""The table of results: what was measured, the figure, its bar, and how the two compare."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One result. ``bar`` is what it should be at least, or with ``at_most`` at most."""

    what: str
    figure: float
    unit: str
    bar: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How far the bar is passed: 1 is just so, 2 twice as good; None without a bar."""
        if self.bar is None or not self.figure or not self.bar:
            return None
        return self.bar / self.figure if self.at_most else self.figure / self.bar


def shown(rows: list[Row]) -> str:
    """Lay the rows out as a Markdown table."""
    lines = ["| what | figure | bar | ratio | |", "| --- | ---: | ---: | ---: | --- |"]
    for row in rows:
        bar = "" if row.bar is None else f"{'≤' if row.at_most else '≥'} {row.bar:.4g} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        lines.append(f"| {row.what} | {row.figure:.4g} {row.unit} | {bar} | {ratio} | {row.note} |")
    return "\n".join(lines)


def write(rows: list[Row], path: Path) -> None:
    """Write the results and the machine that they are from."""
    machine = {
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": list(os.getloadavg()),
    }
    results = [asdict(row) | {"ratio": row.ratio} for row in rows]
    content = {"machine": machine, "results": results}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", "utf-8")
