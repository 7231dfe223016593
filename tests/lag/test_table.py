"""The lag as people read it."""

import doctest
from dataclasses import replace

from rich.console import Console

from pipeline.cli import lagtable
from pipeline.cli.lagtable import lag_table
from pipeline.lag.business import BusinessLag
from pipeline.lag.monitor import Monitor
from pipeline.lag.observe import Observation, Reading
from pipeline.lag.probe import Unread
from pipeline.lag.report import Report
from pipeline.lag.unsettled import OpenTranscript
from pipeline.lag.verdict import Retention, Sample
from pipeline.lag.watched import Reader

NOW = 1_800_000_000.0
STAGE = Reader("extract", "live", "callfacts", "transcripts.normalized")
NOTHING_OPEN = BusinessLag({}, None, 0.0)


def report(sample: Sample, members: int = 1, transcripts: BusinessLag = NOTHING_OPEN) -> Report:
    reading = Reading(STAGE, 0, sample, Unread(sample.unread), None)
    observation = Observation(
        NOW, "c", (reading,), {}, {}, {STAGE.topic: Retention(600.0)}, {"callfacts": members}
    )
    return Report(observation, tuple(Monitor().take(observation)), transcripts)


def drawn(report: Report, *, partitions: bool = False) -> str:
    console = Console(width=140, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(lag_table(report, partitions=partitions))
    return console.export_text()


def test_all_well_is_said_in_a_few_words() -> None:
    text = drawn(report(Sample(NOW, 7, 0, 7, 0, owned=True)))
    assert "extract   keeping up        0" in text
    assert "every transcript that landed is completed" in text
    assert "no worker" not in text


def test_what_is_wrong_is_named_with_what_to_do() -> None:
    oldest = OpenTranscript("hbrl-2025q3", 2, NOW - 95, "extract")
    stopped = Sample(NOW, 3, 5, 27, 22, NOW - 80, owned=False)
    text = drawn(report(stopped, 0, BusinessLag({"extract": 4}, oldest, 95.0)), partitions=True)
    assert "stopped" in text
    assert "1 min 20 s" in text
    assert "8 min 40 s" in text, "how long retention leaves"
    assert "partition 0" in text
    assert "hbrl-2025q3 r2, landed 1 min 35 s ago, at extract (4 open)" in text
    assert "no worker runs extract: what comes there waits" in text
    assert "stopped: extract: nobody reads what waits" in text
    assert "`callfacts worker` starts one" in text
    assert "retention deleted 2 offsets of transcripts.normalized unread" in text


def test_a_transcript_that_nobody_has_stands_out() -> None:
    oldest = OpenTranscript("gone", 1, NOW - 3700, "")
    text = drawn(report(Sample(NOW, 7, 0, 7, 0), transcripts=BusinessLag({"": 1}, oldest, 3700.0)))
    assert "gone r1, landed 1 h 01 min ago, read by every stage and never completed" in text


def test_names_from_outside_are_not_taken_for_markup() -> None:
    hostile = OpenTranscript("[red]x[/red] [link=http://e]", 1, NOW - 5, "segment")
    text = drawn(report(Sample(NOW, 7, 0, 7, 0), transcripts=BusinessLag({"": 1}, hostile, 5.0)))
    assert "[red]x[/red] [link=http://e] r1" in text


def test_json_has_nothing_that_is_not_json() -> None:
    import orjson

    made = report(Sample(NOW, None, 0, 3, 3, NOW - 1, owned=True))
    values = orjson.loads(orjson.dumps(made.as_json()))
    (reader,) = values["readers"]
    assert (reader["stage"], reader["lag"], reader["verdict"]) == ("extract", 3, "keeping_up")
    assert reader["partitions"][0]["committed"] is None
    assert values["transcripts"] == {"open": 0, "by_stage": {}, "oldest": None}
    stopped = replace(made, readers=tuple(replace(e, verdict="stopped") for e in made.readers))
    assert stopped.as_json()["verdict"] == "stopped"


def test_durations() -> None:
    assert doctest.testmod(lagtable).failed == 0
