"""What is made from the declared metrics is what is committed, and Prometheus can read it."""

import re
import shutil
import subprocess
from pathlib import Path

import orjson
import pytest

from pipeline.metrics.dashboard import dashboard, expressions
from pipeline.metrics.declared import SECTIONS, declared
from pipeline.metrics.generate import ROOT, generated

PROMTOOL = shutil.which("promtool")
RULES = ROOT / "deploy" / "prometheus"
METRIC = re.compile(r"\b(?:callfacts|kafka)_[a-z_]+")
PARTS = ("_bucket", "_sum", "_count")


@pytest.mark.parametrize("path", generated(), ids=str)
def test_committed_files_are_the_generated_ones(path: Path) -> None:
    message = "run python -m pipeline.metrics.generate"
    assert (ROOT / path).read_text("utf-8") == generated()[path], message


def test_metrics_are_named_as_prometheus_has_it() -> None:
    for metric in declared():
        assert re.fullmatch(r"[a-z][a-z_]*[a-z]", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert bool(metric.buckets) == (metric.kind == "histogram"), metric.name
        assert list(metric.buckets) == sorted(metric.buckets)
        assert metric.meaning.endswith(".")
        if metric.unit == "s":
            assert metric.name.endswith("_seconds"), metric.name


def test_a_metric_that_stands_twice_is_declared_alike() -> None:
    by_name = {metric.name: metric for metric in declared()}
    for section in SECTIONS:
        for metric in section.metrics:
            first = by_name[metric.name]
            assert (metric.kind, metric.labels) == (first.kind, first.labels)


def test_the_names_of_kafka_lag_exporter_are_there() -> None:
    names = {metric.name for metric in declared("exporter")}
    group = "kafka_consumergroup_group_"
    assert {group + each for each in ("lag", "lag_seconds", "max_lag", "sum_lag")} <= names
    assert {"kafka_partition_latest_offset", "kafka_partition_earliest_offset"} <= names


def test_panels_stand_beside_each_other_and_show_declared_metrics() -> None:
    taken: set[tuple[int, int]] = set()
    identities = set()
    for panel in dashboard()["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
        identities.add(panel["id"])
        for target in panel.get("targets", ()):
            assert names_in(target["expr"]) <= {metric.name for metric in declared()}
    assert len(identities) == len(dashboard()["panels"])
    orjson.dumps(dashboard())


def test_rules_are_about_declared_metrics() -> None:
    expressions = re.findall(r"expr:(.*?)\n\s+(?:for|labels):", rules(), re.DOTALL)
    assert len(expressions) == rules().count("- alert:")
    for expression in expressions:
        used = names_in(expression)
        assert used
        assert used <= {metric.name for metric in declared()}, expression


def test_every_alert_says_what_to_do_and_is_tested() -> None:
    tests = (RULES / "tests.yml").read_text("utf-8")
    for alert in rules().split("- alert: ")[1:]:
        name = alert.split()[0]
        assert "summary:" in alert, name
        assert "action:" in alert, name
        assert f"alertname: {name}" in tests, name


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_rules_do_what_their_tests_say() -> None:
    promtool("test", "rules", str(RULES / "tests.yml"))


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_panels_are_promql(tmp_path: Path) -> None:
    found = [
        expression
        for section in SECTIONS
        for metric in section.metrics
        if metric.shown != ""
        for expression, _ in expressions(metric)
    ]
    rules = [{"record": f"panel:{index}", "expr": each} for index, each in enumerate(found)]
    # JSON is YAML.
    file = tmp_path / "panels.yml"
    file.write_bytes(orjson.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", "--lint=none", str(file))


def rules() -> str:
    return (RULES / "rules.yml").read_text("utf-8")


def names_in(expression: str) -> set[str]:
    found = set()
    for name in METRIC.findall(expression):
        part = next((each for each in PARTS if name.endswith(each)), "")
        found.add(name.removesuffix(part))
    return found


def promtool(*arguments: str) -> None:
    done = subprocess.run([str(PROMTOOL), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
