"""Claims for people: conflicts first and in red, each with what every document says."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from pipeline.cli.cells import cell
from pipeline.cli.facttable import fact_console
from pipeline.extract.statement import amount_in_words
from schemas import Claim, ClaimStatement

_ABOUT, _MEASURED, _PERIOD, _VALUE = 24, 30, 16, 34
_WORDS, _WHO = 30, 24
_MARKS = {"conflict": ("✗", "bold red"), "agree": ("✓", "green"), "single": ("·", "dim")}
_ORDER = tuple(_MARKS)
_QUALIFIERS = {
    "approx": "about ", "more_than": "more than ", "at_least": "at least ",
    "less_than": "less than ", "at_most": "at most ",
}  # fmt: skip


def show_claims(claims: Sequence[Claim], console: Console | None = None) -> None:
    """Print the claims, those in conflict first; what several documents state in lines below."""
    console = console or fact_console()
    if claims:
        console.print(_heading(), no_wrap=True, overflow="crop")
    for claim in sorted(claims, key=_place):
        console.print(_line(claim), no_wrap=True, overflow="ellipsis")
        if claim.agreement != "single" or not all(each.agrees for each in claim.statements):
            for line in _statements(claim):
                console.print(line, no_wrap=True, overflow="ellipsis")
    console.print(_total(claims), style="dim")


def _place(claim: Claim) -> tuple[object, ...]:
    about = claim.entity.id if claim.entity else ""
    period = claim.period.label if claim.period else ""
    named = (about, claim.scope or "", claim.metric, period, claim.measure, claim.claim_id)
    return (_ORDER.index(claim.agreement), *named)


def _heading() -> Text:
    names = (("about", _ABOUT), ("what", _MEASURED), ("period", _PERIOD), ("value to use", _VALUE))
    return Text("  " + "".join(cell(*each) for each in names) + "documents", style="bold")


def _line(claim: Claim) -> Text:
    mark, style = _MARKS[claim.agreement]
    about = " ".join(each for each in (claim.entity and claim.entity.id, claim.scope) if each)
    measured = claim.metric.replace("_", " ")
    if claim.measure != "level":
        measured += f" {claim.measure}"
    if claim.comparison:
        measured += f" {claim.comparison}"
    if claim.modality != "actual":
        measured += f" ({claim.modality})"
    text = Text(f"{mark} ", style=style)
    text.append(cell(about, _ABOUT), style="cyan")
    text.append(cell(measured, _MEASURED))
    text.append(cell(claim.period.label if claim.period else "", _PERIOD))
    red = claim.agreement == "conflict"
    text.append(cell(_amount(claim), _VALUE), style="bold red" if red else "bold")
    text.append(_verdict(claim), style=style)
    return text


def _verdict(claim: Claim) -> str:
    documents = list(dict.fromkeys(each.transcript_id for each in claim.statements))
    if claim.agreement == "single":
        return documents[0] if len(documents) == 1 else f"{len(documents)}, not comparable"
    return f"{len(documents)} documents {claim.agreement}"


def _statements(claim: Claim) -> Iterable[Text]:
    """Give a line for each thing that a document says, repetitions counted."""
    times = Counter(map(_said, claim.statements))
    for each in {_said(each): each for each in claim.statements}.values():
        differs = each.agrees is False
        text = Text("    " + ("≠ " if differs else "  " if each.agrees is None else "= "))
        text.append(cell(each.text or "", _WORDS))
        text.append(cell(_amount(each), _VALUE))
        text.append(cell(_who(each), _WHO))
        count = times[_said(each)]
        text.append(each.transcript_id + (f" ×{count}" if count > 1 else ""))
        if each.published_at is not None:
            text.append(f"  {each.published_at.date()}")
        text.stylize(("red" if claim.agreement == "conflict" else "yellow") if differs else "dim")
        yield text


def _said(statement: ClaimStatement) -> tuple[str | None, ...]:
    return statement.transcript_id, _amount(statement), statement.text, _who(statement)


def _who(statement: ClaimStatement) -> str:
    return ", ".join(each for each in (statement.side, statement.speaker) if each)


def _amount(stated: Claim | ClaimStatement) -> str:
    if stated.value is not None:
        words = amount_in_words(stated.value, stated.unit)
        return _QUALIFIERS.get(stated.qualifier, "") + words
    ends = [
        amount_in_words(each, stated.unit) for each in (stated.low, stated.high) if each is not None
    ]
    if len(ends) == 2:
        return " to ".join(ends)
    return "".join(ends) + (" or more" if stated.low is not None else " or less")


def _total(claims: Sequence[Claim]) -> str:
    counts = Counter(claim.agreement for claim in claims)
    documents = {each.transcript_id for claim in claims for each in claim.statements}
    return (
        f"{len(claims)} claims of {len(documents)} documents: {counts['conflict']} in conflict, "
        f"{counts['agree']} agreed on, {counts['single']} of one document alone"
    )
