"""Writes what is made from the declared metrics: ``python -m pipeline.metrics.generate``.

``docs/metrics.md`` lists them, ``deploy/grafana/callfacts.json`` is the dashboard.
"""

from pathlib import Path

import orjson

from pipeline.metrics.dashboard import dashboard
from pipeline.metrics.declared import SECTIONS, Metric, Section

ROOT = Path(__file__).resolve().parents[2]

_SOURCES = {
    "worker": "Served by `callfacts worker` at the port of `CALLFACTS_METRICS_PORT`.",
    "alerts": "Served by `callfacts alerts run` at the port of `CALLFACTS_METRICS_PORT`.",
    "exporter": "Served by `callfacts exporter`, from outside the workers.",
}


def generated() -> dict[Path, str]:
    """Give every generated file by its path within the project, with what it should hold."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return {
        Path("docs/metrics.md"): documentation(),
        Path("deploy/grafana/callfacts.json"): orjson.dumps(dashboard(), option=options).decode(),
    }


def documentation() -> str:
    """Write the table of all metrics."""
    lines = [
        "# Metrics",
        "",
        "Made from [pipeline/metrics/declared.py](../pipeline/metrics/declared.py) by",
        "`python -m pipeline.metrics.generate`; the dashboard",
        "[deploy/grafana/callfacts.json](../deploy/grafana/callfacts.json) is made of the same,",
        "alert rules are in [deploy/prometheus/rules.yml](../deploy/prometheus/rules.yml).",
    ]
    for section in SECTIONS:
        lines += ["", f"## {section.title}", "", _SOURCES[section.source], ""]
        lines += ["| metric | kind | labels | meaning |", "| --- | --- | --- | --- |"]
        lines += [_row(metric) for metric in _once(section)]
    return "\n".join([*lines, ""])


def _once(section: Section) -> list[Metric]:
    return list({metric.name: metric for metric in reversed(section.metrics)}.values())[::-1]


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} |"


def main() -> None:
    """Write all generated files."""
    for path, text in generated().items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
