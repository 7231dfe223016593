"""What rules fire for, without Kafka."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from telling import ENTITY, Q2, Q3, claim, fact, retraction

from pipeline.alerts.fold import CLAIMS, FACTS, Fold
from pipeline.alerts.parsing import read_rules
from pipeline.alerts.rules import RuleSet
from pipeline.stream.record import Record
from schemas import Alert, Claim, FactEvent


class Desk:
    """A set of rules in memory, told one event after the other."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.fold = Fold(rules)
        self._stored: dict[Any, bytes] = {}
        self._offset = 0

    def tell(self, *events: FactEvent | Claim | None) -> list[Alert]:
        alerts: list[Alert] = []
        for event in events:
            alerts += self.fold.take(self._record(event), self._source(event))
        return alerts

    def show_past(self, *events: FactEvent | Claim | None) -> None:
        for event in events:
            self.fold.show_past(self._record(event), self._source(event), {"r"})

    def restart(self) -> None:
        """Go on with what was written and nothing else."""
        for key, value in self.fold.changes().items():
            self._stored.pop(key, None)
            if value is not None:
                self._stored[key] = value
        self.fold = Fold(self.rules, self._stored)

    def _source(self, event: FactEvent | Claim | None) -> str:
        return FACTS if isinstance(event, FactEvent) else CLAIMS

    def _record(self, event: FactEvent | Claim | None) -> Record:
        self._offset += 1
        value = None if event is None else event.model_dump_json().encode()
        at = datetime(2025, 10, 30, 21, 0, 0, tzinfo=UTC)
        return Record(
            self._source(event), 0, self._offset, int(at.timestamp() * 1000), b"c1", value
        )


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    def make(rules: str) -> Desk:
        file = tmp_path / "desk.yaml"
        file.write_text("rules:\n  - name: r\n    " + "\n    ".join(rules.splitlines()), "utf-8")
        return Desk(read_rules(str(file)))

    return make


def amounts(alerts: list[Alert]) -> list[str]:
    return [
        str(each.fact.value) if each.fact and each.status == "fired" else each.status
        for each in alerts
    ]


JULY = {"transcript_id": "july", "published_at": "2025-07-31T20:30:00Z"}
OCTOBER = {"transcript_id": "october"}


class TestFilters:
    @pytest.mark.parametrize(
        ("rule", "fields", "fires"),
        [
            ("entity: amzn", {}, True),
            ("entity: Amazon", {}, True),
            ("entity: [MSFT, GOOGL]", {}, False),
            ("entity: none", {"entity": None}, True),
            ("entity: none", {}, False),
            ("scope: AWS", {"scope": "aws"}, True),
            ("scope: none", {"scope": "AWS"}, False),
            ("scope: [none, AWS]", {}, True),
            ("scope: Goo*", {"scope": "Google Cloud"}, True),
            ("period: 2025*", {}, True),
            ("period: 2025Q3", {}, False),
            ("metric: capex\nmeasure: level\nmodality: forward\nunit: USD", {}, True),
            ("modality: actual", {}, False),
            ("section: qa", {"section": "qa"}, True),
            ("section: none", {"section": None}, True),
            ("side: company", {"speaker": {"side": "company"}}, True),
            ("side: company", {}, False),
            ("speaker: Olsavsky", {"speaker": {"name": "olsavsky", "side": "company"}}, True),
            ("least_confidence: 0.9", {"confidence": 0.9}, True),
            ("least_confidence: 0.9", {"confidence": 0.89}, False),
            ("metric: capex\nexcept: {scope: AWS}", {"scope": "AWS"}, False),
            ("metric: capex\nexcept: {scope: AWS}", {}, True),
            ("published_within: 1h", {}, True),
            ("published_within: 1h", {"published_at": "2024-10-30T20:30:00Z"}, False),
            ("published_within: 1h", {"published_at": None}, False),
            ("transcript: amzn-*", {"transcript_id": "AMZN-2025q3"}, True),
            ("comparison: yoy", {"comparison": "yoy"}, True),
            ("qualifier: approx", {}, False),
        ],
    )
    def test_fields(self, desk: Any, rule: str, fields: dict[str, Any], fires: bool) -> None:
        assert bool(desk(rule).tell(fact("5", **fields))) == fires


class TestAmounts:
    @pytest.mark.parametrize(
        ("rule", "amount", "fires"),
        [
            ("above: 33 billion", {"value": "33000000001"}, True),
            ("above: 33 billion", {"value": "33000000000"}, False),
            ("at_least: 33 billion", {"value": "33000000000"}, True),
            ("above: 33 billion", {"value": "33000000000", "qualifier": "more_than"}, True),
            ("above: 34 billion", {"value": "33000000000", "qualifier": "more_than"}, False),
            ("above: 1", {"value": "5", "qualifier": "less_than"}, False),
            ("below: 5", {"value": "5", "qualifier": "less_than"}, True),
            ("at_most: 5", {"value": "5", "qualifier": "at_most"}, True),
            ("above: 100", {"value": None, "low": "101", "high": "120"}, True),
            ("above: 110", {"value": None, "low": "101", "high": "120"}, False),
            ("below: 121", {"value": None, "low": "101", "high": "120"}, True),
            ("between: [100, 120]", {"value": None, "low": "101", "high": "120"}, True),
            ("between: [100, 110]", {"value": None, "low": "101", "high": "120"}, False),
            ("between: [5, 5]", {"value": "5"}, True),
            ("above: 33 billion USD", {"value": "34000000000"}, True),
            ("above: 33 billion CNY", {"value": "34000000000"}, False),
            ("below: 18%", {"value": "17.9", "unit": "percent"}, True),
            ("below: 18%", {"value": "17.9"}, False),
            ("above: 330億美元", {"value": "34000000000"}, True),
            ("above: 1", {"value": None, "low": None, "high": None}, False),
        ],
    )
    def test_bounds(self, desk: Any, rule: str, amount: dict[str, Any], fires: bool) -> None:
        assert bool(desk(rule).tell(fact(amount.pop("value"), **amount))) == fires


class TestMoves:
    RULE = "metric: capex\nmodality: forward\nraised: more than 5%"

    def test_a_raise_against_the_document_before(self, desk: Any) -> None:
        rules = desk(self.RULE)
        assert rules.tell(fact("118000000000", **JULY)) == []
        (alert,) = rules.tell(fact("125000000000", **OCTOBER))
        assert alert.earlier is not None
        assert alert.earlier.transcript_id == "july"
        assert str(alert.earlier.change_percent) == "5.93"
        assert "Up 5.93% from USD 118 billion in 2025 (july, 2025-07-31)." in alert.text

    @pytest.mark.parametrize(
        ("size", "old", "new", "unit", "fires"),
        [
            ("raised: more than 5%", "100", "105", "USD", False),
            ("raised: at least 5%", "100", "105", "USD", True),
            ("raised: any", "100", "100.01", "USD", True),
            ("raised: any", "100", "100", "USD", False),
            ("raised: any", "100", "99", "USD", False),
            ("raised: more than 5%", "-100", "-94", "USD", True),
            ("raised: more than 5%", "0", "1", "USD", False),
            ("raised: any", "0", "1", "USD", True),
            ("lowered: more than 2 points", "20", "17.9", "percent", True),
            ("lowered: more than 2 points", "20", "18", "percent", False),
            ("lowered: more than 2 points", "20", "10", "USD", False),
            ("changed: more than 10%", "100", "89", "USD", True),
            ("changed: more than 10%", "100", "111", "USD", True),
            ("raised: more than 1 billion USD", "1000000000", "2000000001", "USD", True),
            ("raised: more than 1 billion USD", "1000000000", "2000000001", "CNY", False),
        ],
    )
    def test_sizes(self, desk: Any, size: str, old: str, new: str, unit: str, fires: bool) -> None:
        rules = desk(size)
        rules.tell(fact(old, unit=unit, **JULY))
        assert bool(rules.tell(fact(new, unit=unit, **OCTOBER))) == fires

    def test_another_claim_another_unit_or_the_same_document_is_nothing_to_compare_with(
        self, desk: Any
    ) -> None:
        rules = desk(self.RULE)
        rules.tell(fact("100", **JULY, claim_id="other"), fact("100", **JULY, unit="CNY"))
        assert rules.tell(fact("100", **OCTOBER), fact("200", **OCTOBER)) == []

    def test_all_figures_of_the_document_before_have_to_be_passed(self, desk: Any) -> None:
        rules = desk(self.RULE)
        rules.tell(fact("118", **JULY), fact("105", **JULY))
        # The new call names the old guidance too, before and after the new one.
        assert amounts(rules.tell(*(fact(v, **OCTOBER) for v in ("118", "125", "118")))) == ["125"]

    def test_what_was_published_later_is_not_what_was_said_before(self, desk: Any) -> None:
        rules = desk(self.RULE)
        rules.tell(fact("125", **OCTOBER))
        assert rules.tell(fact("200", **JULY)) == []

    def test_a_retracted_figure_is_nothing_to_compare_with(self, desk: Any) -> None:
        rules = desk(self.RULE)
        old = fact("100", **JULY)
        rules.tell(old, retraction(old))
        assert rules.tell(fact("200", **OCTOBER)) == []

    def test_only_what_passes_the_filters_is_compared_with(self, desk: Any) -> None:
        rules = desk(self.RULE + "\nside: company")
        company, analyst = {"side": "company"}, {"side": "analyst"}
        rules.tell(fact("100", **JULY, speaker=company), fact("150", **JULY, speaker=analyst))
        assert amounts(rules.tell(fact("120", **OCTOBER, speaker=company))) == ["120"]

    def test_ranges_are_compared_by_their_middle(self, desk: Any) -> None:
        rules = desk(self.RULE)
        rules.tell(fact(None, low="90", high="110", qualifier="between", **JULY))
        assert rules.tell(fact(None, low="95", high="115", qualifier="between", **OCTOBER)) == []
        assert rules.tell(fact(None, low="100", high="112", qualifier="between", **OCTOBER))

    def test_against_the_period_before(self, desk: Any) -> None:
        rules = desk("metric: revenue\nmeasure: growth\nlowered: any\nagainst: previous period")
        growth = {"metric": "revenue", "measure": "growth", "modality": "actual",
                  "unit": "percent", "comparison": "yoy", "scope": "AWS"}  # fmt: skip
        year = {"start": "2024-01-01", "end": "2024-12-31", "label": "2024"}
        rules.tell(fact("17.5", period=Q2, claim_id="c2", **growth, **JULY))
        rules.tell(fact("30", period=year, claim_id="c0", **growth, **JULY))
        assert rules.tell(fact("20.2", period=Q3, claim_id="c3", **growth, **OCTOBER)) == []
        (alert,) = rules.tell(fact("17", period=Q3, claim_id="c3", **growth, **OCTOBER))
        assert "Down 0.5 percentage points from 17.5% in 2025Q2" in alert.text

    def test_facts_of_no_company_are_not_compared(self, desk: Any) -> None:
        rules = desk(self.RULE)
        rules.tell(fact("100", entity=None, **JULY))
        assert rules.tell(fact("200", entity=None, **OCTOBER)) == []


class TestOnce:
    def test_the_same_amount_in_the_same_document_is_one_match(self, desk: Any) -> None:
        rules = desk("above: 1")
        assert len(rules.tell(fact("5"), fact("5"), fact("5", revision=2))) == 1
        assert len(rules.tell(fact("6"), fact("5", transcript_id="other"))) == 2
        assert len(rules.tell(fact("5", claim_id="another"))) == 1

    def test_withdrawn_when_the_last_fact_that_says_it_is_gone(self, desk: Any) -> None:
        rules = desk("above: 1")
        first, second = fact("5"), fact("5")
        (fired,) = rules.tell(first, second)
        assert rules.tell(retraction(first)) == []
        (withdrawn,) = rules.tell(retraction(second))
        assert withdrawn.status == "withdrawn"
        assert withdrawn.withdraws == fired.alert_id
        assert withdrawn.alert_id != fired.alert_id
        assert rules.tell(retraction(second)) == []
        assert amounts(rules.tell(fact("5"))) == ["5"]

    def test_a_retraction_of_what_fired_for_nothing_says_nothing(self, desk: Any) -> None:
        rules = desk("above: 10")
        small = fact("5")
        assert rules.tell(small, retraction(small)) == []

    def test_rules_on_retractions(self, desk: Any) -> None:
        rules = desk("above: 1\nstatus: retracted")
        gone = fact("5")
        (alert,) = rules.tell(gone, retraction(gone))
        assert alert.status == "fired"
        assert alert.text.endswith("(retracted)")

    def test_what_is_remembered_survives_a_restart(self, desk: Any) -> None:
        rules = desk(TestMoves.RULE)
        said = [fact("100", **JULY), fact("110", **OCTOBER), fact("110", **OCTOBER)]
        assert rules.tell(said[0]) == []
        rules.restart()
        (fired,) = rules.tell(said[1])
        rules.restart()
        assert rules.tell(said[2]) == []
        rules.restart()
        assert rules.tell(retraction(said[1])) == []
        rules.restart()
        (withdrawn,) = rules.tell(retraction(said[2]))
        assert withdrawn.withdraws == fired.alert_id
        rules.restart()
        assert rules.tell(retraction(said[0])) == []
        rules.restart()
        assert rules.fold.changes() == {}
        assert rules._stored == {}

    def test_ids_are_the_same_whenever_it_is_judged_again(self, desk: Any) -> None:
        said = [fact("100", **JULY), fact("110", **OCTOBER)]
        first, second = (desk(TestMoves.RULE).tell(*said) for _ in range(2))
        assert first == second


class TestPast:
    def test_nobody_is_told_of_it_and_nothing_of_it_is_withdrawn(self, desk: Any) -> None:
        rules = desk(TestMoves.RULE)
        old, new = fact("100", **JULY), fact("110", **OCTOBER)
        rules.show_past(old, new)
        rules.restart()
        assert rules.tell(fact("110", **OCTOBER)) == []
        assert rules.tell(retraction(new)) == []
        assert amounts(rules.tell(fact("120", **OCTOBER))) == ["120"]

    def test_what_had_been_sent_before_a_rule_changed_is_still_withdrawn(self, desk: Any) -> None:
        rules = desk(TestMoves.RULE)
        old, new = fact("100", **JULY), fact("110", **OCTOBER)
        assert rules.tell(old) == []
        first = rules._offset
        (fired,) = rules.tell(new)
        rules.restart()
        rules.fold.forget("r")
        rules._offset = first - 1
        rules.show_past(old, new)
        rules.restart()
        (withdrawn,) = rules.tell(retraction(new))
        assert withdrawn.withdraws == fired.alert_id

    def test_conflicts_of_the_past(self, desk: Any) -> None:
        rules = desk(TestDisagreement.RULE)
        rules.show_past(claim("conflict", "5", "6"))
        assert rules.tell(claim("conflict", "5", "7"), claim("agree", "5", "5")) == []
        assert len(rules.tell(claim("conflict", "5", "7"))) == 1


class TestDisagreement:
    RULE = "metric: revenue\ndisagree: any"

    def test_fires_when_it_begins_and_is_withdrawn_when_it_ends(self, desk: Any) -> None:
        rules = desk(self.RULE)
        assert rules.tell(claim("single", "5"), claim("agree", "5", "5")) == []
        (fired,) = rules.tell(claim("conflict", "5", "6"), claim("conflict", "5", "6", "7"))
        assert fired.claim is not None
        assert "documents disagree on Alpha" not in fired.text
        assert "documents disagree on Amazon revenue 2025Q3: doc-0 says USD 5; doc-1" in fired.text
        rules.restart()
        (over,) = rules.tell(claim("agree", "5", "5"))
        assert (over.status, over.withdraws) == ("withdrawn", fired.alert_id)
        assert len(rules.tell(claim("conflict", "5", "6"), None)) == 2

    def test_by_how_much(self, desk: Any) -> None:
        rules = desk("disagree: more than 2%")
        assert rules.tell(claim("conflict", "100", "102")) == []
        assert len(rules.tell(claim("conflict", "100", "102.1"))) == 1

    def test_filters_hold_for_claims(self, desk: Any) -> None:
        assert desk("disagree: any\nentity: MSFT").tell(claim("conflict", "5", "6")) == []
        assert desk("disagree: any\nabove: 5").tell(claim("conflict", "5", "6")) == []

    def test_a_long_list_of_statements_is_cut(self, desk: Any) -> None:
        (fired,) = desk(self.RULE).tell(claim("conflict", *map(str, range(1, 200))))
        assert len(fired.claim.statements) == 20


def test_memory_is_bounded(desk: Any) -> None:
    rules = desk("raised: any")
    rules.tell(*(fact(str(n), transcript_id=f"t{n % 400}", entity=ENTITY) for n in range(900)))
    (memory,) = rules.fold._read.values()
    assert len(memory.stated) <= 256
    assert len(memory.told) <= 256


def test_what_cannot_be_read_is_passed_over(desk: Any) -> None:
    rules = desk("above: 1")
    assert rules.fold.take(Record(FACTS, 0, 1, 0, b"k", b"{}"), FACTS) == []
    assert rules.fold.take(Record(FACTS, 0, 1, 0, b"k", None), FACTS) == []
    assert rules.fold.take(Record(CLAIMS, 0, 1, 0, b"k", b"["), CLAIMS) == []
