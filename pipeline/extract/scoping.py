"""Which business and which company a quantity is about."""

import re

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place, words_in
from pipeline.extract.reading import Mark, Sentence
from pipeline.lexicon.companies import company
from pipeline.lexicon.scopes import ScopeMatch
from schemas import CompanyMention, Entity

_IN_PLACE = re.compile(
    r"^\s*(?:in|for|at|from|of|for the|in the|from the|of the|at the|within)\s+(?:the |our )?$"
)
# Companies in these places are not what the sentence is about: "with Microsoft", 与英伟达.
_ASIDE = re.compile(
    r"(?:\b(?:with|by|versus|vs|from|to|for|like|inside|at|than|of)|与|和|跟|对|比|给|由|向|同)\s*$"
)
_LISTED = re.compile(r"\s*(?:,|、|，|and|和|及|与|&|/|\s)*")


def note_scope(frame: Frame, sentence: Sentence, at: int) -> None:
    """Take a scope mark into the frame where it can be what the next figures are about."""
    mark = sentence.marks[at]
    match = mark.value
    if not isinstance(match, ScopeMatch):
        return
    if not match.known and not _stands_as_subject(sentence, at):
        return
    if _NO_PLACE.match(sentence.folded, mark.end):
        return
    if frame.scope_mark is not None and not _takes_over(frame.scope_mark, sentence, at):
        return
    frame.scope, frame.scope_mark, frame.scope_inherited = match.scope, mark, False
    frame.scope_is_line = match.kind == "line"


# "U.S. dollars" and "U.S. GAAP" are no places of business.
_NO_PLACE = re.compile(r"\s*(?:dollar|gaap|treasur|tax|federal|government)")


def _takes_over(earlier: Mark, sentence: Sentence, at: int) -> bool:
    """Whether a scope replaces the one named before it.

    Behind a figure always. Before one the first of a phrase stands ("iPhone in China"), but for a
    place at its head (在中国，iPhone…) and where a new clause begins with a subject of its own.
    """
    mark = sentence.marks[at]
    between = [m for m in sentence.marks[:at] if m.start >= earlier.end]
    if any(m.kind == "quantity" for m in between):
        return True
    was, now = earlier.value, mark.value
    if isinstance(was, ScopeMatch) and isinstance(now, ScopeMatch):
        if was.kind == "region" and now.kind != "region":
            return True
        if now.kind == "region" and was.kind != "region":
            return False
    return any(m.kind == "break" for m in between) and _stands_as_subject(sentence, at)


def _stands_as_subject(sentence: Sentence, at: int) -> bool:
    """Whether a name that no list knows is what the clause is about."""
    mark = sentence.marks[at]
    for later in sentence.marks[at + 1 :]:
        if later.kind in ("metric", "cue", "quantity"):
            return words_in(sentence.folded[mark.end : later.start]) <= 1
        if later.kind == "break":
            return later.weight == 2
    return False


def note_company(frame: Frame, sentence: Sentence, mark: Mark) -> None:
    """Take a company mark into the frame unless it stands aside from the subject."""
    if not isinstance(mark.value, CompanyMention):
        return
    if _ASIDE.search(sentence.folded[sentence.start : mark.start]) and frame.entity is None:
        frame.last_company = mark
        return
    if frame.last_company is not None and frame.entity is None:
        between = sentence.folded[frame.last_company.end : mark.start]
        if _LISTED.fullmatch(between):
            frame.last_company = mark
            return
    frame.entity, frame.last_company = entity_of(mark.value), mark


def entity_of(mention: CompanyMention) -> Entity:
    """The entity of a company mention, under its canonical name."""
    known = company(mention.company.id)
    return Entity(id=known.id, name=known.name) if known else mention.company


def choose_scope(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Settle scope and company."""
    behind = _scope_behind(place)
    if behind is not None:
        reading.scope = behind
    elif frame.scope is not None and (
        frame.scope_is_line or not (frame.scope_inherited and frame.metrics)
    ):
        reading.scope = frame.scope
    else:
        reading.scope = reading.scope or setting.scope
    if reading.metric in _OF_THE_WHOLE and not _named_with(place, frame):
        reading.scope = None
    reading.entity = frame.entity or setting.about


# What only a company as a whole has; a business named elsewhere does not narrow it.
_OF_THE_WHOLE = frozenset(
    {"eps", "adjusted_eps", "net_income", "adjusted_net_income", "net_loss", "adjusted_net_loss",
     "tax_rate", "free_cash_flow", "operating_cash_flow", "free_cash_flow_margin", "cash", "debt",
     "net_cash", "dividend_per_share", "dividends", "share_repurchases", "shares_repurchased",
     "repurchase_authorization", "shares_outstanding", "shareholder_returns", "share_price",
     "target_price", "cet1_ratio", "return_on_equity", "return_on_tangible_equity", "dividend_yield",
     "dividend_payout_ratio", "price_to_earnings", "price_to_book", "profit_before_tax",
     "adjusted_profit_before_tax", "days_sales_outstanding", "inventory_days", "valuation",
     "exchange_rate", "interest_expense", "liquidity", "leverage", "net_debt"}
)  # fmt: skip


def _named_with(place: Place, frame: Frame) -> bool:
    """Whether the scope stands in the same clause as the figure."""
    return frame.scope_mark is not None and any(m == frame.scope_mark for m in place.before())


def _scope_behind(place: Place) -> str | None:
    for mark in place.after():
        if mark.kind == "scope" and isinstance(mark.value, ScopeMatch):
            gap = place.gap_after(mark)
            if mark.value.known and (_IN_PLACE.match(gap) or gap.strip() in ("", "的", "来自")):
                return mark.value.scope
            return None
        if mark.kind in ("metric", "break", "period", "cue"):
            return None
    return None
