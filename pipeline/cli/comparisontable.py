"""Two sets of facts compared: tables for people, JSON lines for programs."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli.output import chosen_format, say, show, write_json_line

if TYPE_CHECKING:
    from pipeline.replay.comparing import Comparison, Difference

_MOST_SHOWN = 50
_KINDS = ("added", "lost", "changed")


def show_comparison(comparison: "Comparison", output_format: str | None) -> None:
    """Print the counts by metric and by document, then each fact that differs."""
    by_metric = _counts(comparison, comparison.equal_by_metric, lambda fact: fact["metric"])
    by_transcript = _counts(
        comparison, comparison.equal_by_transcript, lambda fact: fact["transcript_id"]
    )
    total = {
        "transcripts": comparison.transcripts,
        "not_compared": len(comparison.not_compared),
        "equal": comparison.equal_by_metric.total(),
        **{kind: comparison.count(kind) for kind in _KINDS},  # type: ignore[arg-type]
    }
    if chosen_format(output_format) == "jsonl":
        write_json_line({"compared": "all", **total})
        for metric, row in by_metric.items():
            write_json_line({"compared": "metric", "metric": metric, **row})
        for transcript_id, row in by_transcript.items():
            write_json_line({"compared": "transcript", "transcript_id": transcript_id, **row})
        for difference in comparison.differences:
            write_json_line({"compared": "fact", **_fact(difference)})
        for transcript_id, reason in comparison.not_compared.items():
            write_json_line({"not_compared": transcript_id, "reason": reason})
        return
    show([total], output_format="table", title="All facts")
    for name, rows in (("metric", by_metric), ("transcript", by_transcript)):
        differing = [{name: key, **row} for key, row in rows.items() if any(map(row.get, _KINDS))]
        if differing:
            show(differing, output_format="table", title=f"By {name}, where any differ")
    _show_differences(comparison)
    for transcript_id, reason in list(comparison.not_compared.items())[:_MOST_SHOWN]:
        say(f"{transcript_id} is not compared: {reason}")


def _counts(
    comparison: "Comparison", equal: Mapping[str, int], of: Callable[[dict[str, Any]], str]
) -> dict[str, dict[str, int]]:
    counts = {kind: Counter[str]() for kind in _KINDS}
    for difference in comparison.differences:
        counts[difference.kind][of(difference.fact)] += 1
    keys = sorted(set(equal).union(*counts.values()))
    return {
        key: {"equal": equal.get(key, 0), **{kind: counts[kind][key] for kind in _KINDS}}
        for key in keys
    }


def _fact(difference: "Difference") -> dict[str, Any]:
    fact, before, after = difference.fact, difference.before, difference.after
    return {
        "change": difference.kind,
        "transcript_id": fact["transcript_id"],
        "metric": fact["metric"],
        "fact_id": fact["fact_id"],
        "evidence": fact["evidence"][0],
        "fields": {name: [_of(before, name), _of(after, name)] for name in difference.fields},
        "before": _of(before, "statement"),
        "after": _of(after, "statement"),
    }


def _of(fact: dict[str, Any] | None, name: str) -> Any:
    return None if fact is None else fact.get(name)


def _show_differences(comparison: "Comparison") -> None:
    rows = [
        {
            "change": each.kind,
            "transcript": each.fact["transcript_id"],
            "characters": "{start}-{end}".format(**each.fact["evidence"][0]),
            "before": _of(each.before, "statement"),
            "after": _of(each.after, "statement"),
            "fields": ", ".join(each.fields),
        }
        for each in comparison.differences[:_MOST_SHOWN]
    ]
    if rows:
        show(rows, output_format="table", title="Facts that differ")
    rest = len(comparison.differences) - len(rows)
    if rest:
        click.echo(f"{rest} more; --format jsonl lists all")
