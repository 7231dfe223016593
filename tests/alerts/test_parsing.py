"""Files of rules: what is understood, and what is said of those that are wrong."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.alerts.amounts import Limit
from pipeline.alerts.described import described
from pipeline.alerts.faults import BadRules
from pipeline.alerts.parsing import read_rules
from pipeline.alerts.rules import RuleSet, Target
from pipeline.cli import run
from pipeline.problem import Problem

ROOT = Path(__file__).parents[2]
CORPUS = Path(__file__).with_name("faults.txt")


def cases() -> Iterator[tuple[str, str, list[str]]]:
    for block in re.split(r"^=== ", CORPUS.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = block.partition("\n")
        rules, _, expected = rest.partition("---\n")
        yield title, rules, expected.splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.yaml"


def read(file: Path, text: str) -> RuleSet:
    file.write_text(text, "utf-8")
    return read_rules(str(file))


@pytest.mark.parametrize(
    ("rules", "expected"), [pytest.param(*case[1:], id=case[0]) for case in cases()]
)
def test_every_fault_is_told_with_its_place(file: Path, rules: str, expected: list[str]) -> None:
    with pytest.raises(BadRules) as bad:
        read(file, rules)
    said = [line.removeprefix(f"{file}:") for line in bad.value.lines]
    assert len(said) == len(expected), said
    for line, wanted in zip(said, expected, strict=True):
        place, _, words = wanted.partition(" ")
        key, _, words = words.partition(": ")
        start = f"{place}: {key}: " if key else f"{place}: "
        assert line.startswith(start + words), line


def test_check_says_all_faults_and_its_status_is_1(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file.write_text("rules:\n  - name: A\n    metric: capx\n    above: x\n", "utf-8")
    assert run(["alerts", "check", str(file)]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert [line.split(" ")[0] for line in said.err.splitlines()] == [
        f"{file}:3:13:",
        f"{file}:4:12:",
    ]
    assert run(["alerts", "run", str(file), "--dry-run"]) == 1
    assert capfd.readouterr().err == said.err


def test_a_file_that_is_not_there(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["alerts", "check", str(file)]) == 1
    assert "desk.yaml: No such file or directory; expected a file" in capfd.readouterr().err


def test_values_are_taken_as_they_are_written(file: Path) -> None:
    rules = read(
        file,
        "rules:\n  - name: yes\n    entity: [ON, 0700, 1e3]\n    above: 0.1\n"
        "    scope: [none, 'none']\n    least_confidence: 0.85\n    published_within: 36h\n",
    )
    (rule,) = rules.rules
    assert rules.name == "desk"
    assert rule.name == "yes"
    chosen = dict(rule.chosen)
    assert chosen["entity"].values == {"on", "0700", "1e3"}
    assert chosen["scope"].absent
    assert chosen["scope"].values == {"none"}
    assert rule.bounds[0].limits == (Limit(Decimal("0.1"), None),)
    assert rule.published_within == timedelta(hours=36)


def test_lists_stand_for_their_values(file: Path) -> None:
    rules = read(
        file, "lists: {mine: [A, B]}\nrules:\n  - {name: x, entity: [$mine, C], metric: capex}\n"
    )
    assert dict(rules.rules[0].chosen)["entity"].values == {"a", "b", "c"}


def test_where_alerts_go(file: Path) -> None:
    rules = read(
        file,
        "send: [topic, stdout]\nrules:\n  - {name: x, metric: capex, send: topic}\n"
        "  - name: y\n    metric: capex\n    send:\n      - webhook: https://example.com/a?b=c\n"
        "        give_up_after: 2d\n",
    )
    assert rules.send == (Target(),)
    assert [rule.send for rule in rules.rules] == [
        (),
        (Target("https://example.com/a?b=c", timedelta(days=2)),),
    ]


def test_a_rule_is_said_in_words(file: Path) -> None:
    rules = read(
        file,
        "rules:\n  - name: x\n    entity: [AMZN, MSFT]\n    except: {scope: none}\n"
        "    above: 33 billion USD\n    raised: more than 5%\n    least_confidence: 0.8\n"
        "  - name: y\n    metric: revenue\n    disagree: more than 2 points\n",
    )
    assert [described(rule) for rule in rules.rules] == [
        (
            "facts; entity is AMZN or MSFT; scope is not none; confidence is at least 0.8; above "
            "USD 33 billion; raised by more than 5% against what another document said before"
        ),
        "claims; metric is revenue; documents disagree by more than 2 percentage points",
    ]


def test_the_name_of_the_set_is_that_of_the_file(tmp_path: Path) -> None:
    rules = "rules: [{name: x, metric: capex}]"
    for name, wanted in (("my desk (1).yaml", "my-desk-1"), ("规则.yaml", "rules")):
        assert read(tmp_path / name, rules).name == wanted


def test_what_reads_no_rules_does_not_wait_for_yaml() -> None:
    code = (
        "import sys; from pipeline.cli import run; run(['extract', '-']); "
        "sys.exit('yaml' in sys.modules)"
    )
    line = b'{"transcript_id": "t", "text": "Revenue was $5 million."}\n'
    done = subprocess.run([sys.executable, "-c", code], input=line, capture_output=True)
    assert done.returncode == 0
    assert b'"value":"5000000"' in done.stdout


HOSTILE = {
    "laughs": "a: &a [x, x]\nb: &b [*a, *a]\nrules: [*b, *b]\n",
    "itself": "rules: &r [*r]\n",
    "brackets": "[" * 200_000,
    "braces": "{" * 200_000,
    "questions": "? " * 100_000,
    "dashes": "- " * 100_000,
    "indents": "\n".join(" " * n + "a:" for n in range(600)),
    "quotes": "'" * 250_001,
    "words": "a " * 100_000,
    "control": "rules: \x00",
    "direction": "rules: \u202e\x9b",
    "lone": "rules: '\\ud800'",
    "documents": "---\na: b\n" * 20_000,
    "comments": "#" * 250_000,
    "digits": "rules: [{name: x, above: " + "9" * 200_000 + "}]",
    "amount": "rules: [{name: x, above: " + "1 billion " * 20_000 + "}]",
    "metric": "rules: [{name: x, metric: " + "capx" * 50_000 + "}]",
    "keys": "rules: [{name: x, " + ", ".join(f"k{n}: 1" for n in range(2_000)) + "}]",
    "rules": "rules: [" + "a, " * 15_000 + "]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_in_time_and_quoted_harmlessly(file: Path, name: str) -> None:
    began = time.process_time()
    with pytest.raises(Problem) as refused:
        read(file, HOSTILE[name])
    assert time.process_time() - began < 30
    assert not re.search(r"[^\n\x20-\x7e…]", str(refused.value).replace(str(file), ""))
    assert max(map(len, str(refused.value).replace(str(file), "").split("\n"))) < 1000


def test_a_file_that_is_too_large_or_no_text(file: Path) -> None:
    file.write_bytes(b"#" * 300_000)
    with pytest.raises(Problem, match="too large; expected at most 262,144 bytes"):
        read_rules(str(file))
    with pytest.raises(Problem, match="too large"):
        read_rules("/dev/zero")
    file.write_bytes(b"rules:\n  - name: \xff\n")
    with pytest.raises(BadRules, match=r":2:11: byte 0xff is no UTF-8"):
        read_rules(str(file))


def _examples() -> Iterator[tuple[str, str]]:
    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page, re.DOTALL), start=1):
        whole = block if re.search(r"^rules:", block, re.MULTILINE) else "rules:\n" + block
        yield f"docs/alerts.md {number}", whole


@pytest.mark.parametrize("rules", [pytest.param(text, id=name) for name, text in _examples()])
def test_the_examples_in_the_docs_are_right(file: Path, rules: str) -> None:
    assert read(file, rules).rules


def test_the_docs_name_every_key() -> None:
    from pipeline.alerts.ruleparsing import KEYS

    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    table = {
        key for line in page.splitlines() if line.startswith("| `")
        for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])
    }  # fmt: skip
    assert set(KEYS) <= table
