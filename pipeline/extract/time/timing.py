"""When a quantity holds, what it is compared with, and whether it has happened."""

from datetime import date

from pipeline.extract.amount.lead import is_lapped, stands_bracketed
from pipeline.extract.cues import Cue
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place
from pipeline.extract.time.announced import tells_when
from pipeline.extract.time.asked import is_asked
from pipeline.extract.time.bases import is_told_as_of_now, restates
from pipeline.extract.time.comparing import (
    LAST_YEAR,
    MOVES,
    comparison,
    grows_from_there,
    next_quarter,
    own_basis,
)
from pipeline.extract.time.guided import was_guided
from pipeline.extract.time.leaving import is_left
from pipeline.extract.time.modality import (
    expected,
    forward,
    future,
    is_present,
    led_by,
    named_as_target,
    revises,
    whole_year,
)
from pipeline.extract.time.present import is_left_over
from pipeline.extract.time.prices import quotes_a_day, time_prices
from pipeline.extract.time.times import adds_aside, closes, leave_aside, mark_of, times_of
from pipeline.extract.time.yearly import one_each
from pipeline.lexicon.metrics import MetricMatch
from pipeline.normalize.periods import (
    fiscal_position,
    fiscal_year,
    period_of,
    quarter_before,
    year_before,
)
from pipeline.normalize.periods.calendar import quarter_close
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Period, PeriodMention

_COMPARISON = regex(r"\s+(?:comparison|compare|comp)\b(?! sales)")
_LIKENED_REACH, _AT_ONCE = 20, 10
_LIKE = regex(
    r"(?:与|和|跟|同|相对)$|\b(?:like|similar to|in line with|consistent with|same as(?: in)?)"
    r"(?: the| our)? $"
)
_LIKENING = ["like", "similar", "line with", "consistent", "same as"]
# 由目前的 118% 拉高至 200%: what a plan starts from is so now.
_OF_NOW = regex(r"(?:目前|现时|现有|当前|现在|现行)的? ?(?:约|近|逾)?$")


def set_time(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Settle period, comparison and modality of a reading whose measure is known."""
    own = own_basis(place)
    basis = own or frame.basis or setting.basis
    base = (reading.base and _is_base(place)) or _is_comparison(place)
    here = frame.here
    mention, versus = times_of(place, frame, moves=reading.measure in MOVES, base=base)
    of_now = base and _OF_NOW.search(place.lead) is not None
    if of_now and mention is not None and future(mention.period, setting):
        frame.here, mention = mention, None  # 三年內由目前的 37% 提高到四成
    if base and mention is not None and is_lapped(place) and _is_year_of(mention, setting):
        mention = None
    if mention is not None and tells_when(mention, reading, place, setting):
        mention = None
    if mention is None and not base and not _is_present(place):
        mention = _carried(reading, place, own, frame, setting)
    elif mention is not None and not base and _sets_the_time(place, mention, setting):
        if adds_aside(place, mention):
            frame.aside = mention, frame.here
        frame.here = mention
        named = mark_of(place, mention)
        frame.here_behind = named is not None and named.start > place.mark.start
        _note_so_far(place, mention, frame, setting)
    if mention is None and not base and frame.last is None and setting.asked_of is not None:
        mention = _asked_for(place, setting.asked_of, setting)
        frame.here = mention or frame.here
    mention = _next_year(mention, place, frame, setting)
    if mention is not None and _asks_a_price(reading) and mention.period.label.startswith("TTM"):
        mention = None
    left = reading.metric == "repurchase_authorization" and is_left_over(place)
    if left and mention is not None and future(mention.period, setting):
        mention = None  # "$210 million is left through 2026"
    if mention is not None and _when_said(mention, place, frame, setting):
        mention = None
    quoted = expected(place)
    revised = base and not of_now and revises(place, frame, setting)
    ahead = revised or quoted or forward(place, frame, setting, mention, here, base=base)
    if ahead and not (base or quoted or revised) and not was_guided(place, frame):
        mention = _of_year_to_come(mention, place, setting)
    ahead = ahead and not (of_now or left)
    reading.period = _period(
        reading, place, mention, basis, frame, setting, base=base, ahead=ahead, quoted=quoted
    )
    if (before := _bracketed(place, frame)) is not None:
        reading.period, ahead = before
    elif reading.period is not None and mention is not None and not quoted and not revised:
        if setting.reporting is not None and reading.period.end < setting.reporting.end:
            ahead = ahead and (led_by(place) is True or named_as_target(place))
        elif setting.day is not None and reading.period.start > setting.day:
            ahead = not quotes_a_day(reading, setting.day) or led_by(place) is True
    asked = setting.asked or is_asked(place)
    reading.modality = "question" if asked else "forward" if ahead else "actual"
    if ahead and mention is not None and future(mention.period, setting):
        frame.ahead = mention if mention.period.start < mention.period.end else frame.ahead
    if ahead and reading.period is None and reading.measure in MOVES:
        reading.period = next_quarter(own, versus, setting)
    time_prices(reading, place, mention, frame, setting)
    last = frame.last
    reading.of_outlook = base and last is not None and last.modality == "forward"
    reading.expected = quoted
    reading.comparison = comparison(reading, place, frame, setting, mention, versus, own)
    frame.basis = own or frame.basis  # type: ignore[assignment]


def _note_so_far(place: Place, mention: PeriodMention, frame: Frame, setting: Setting) -> None:
    """Note that a Chinese paragraph tells of the year so far, or that it turns to the quarter."""
    reporting = setting.reporting
    if reporting is None or place.ascii or mention.text.isascii():
        return
    period = mention.period
    end = period.end
    if end != reporting.end:
        if place.previous() is None and frame.last is None and mention.relation == "in":
            half = 100 < (end - period.start).days < 400
            frame.so_far = mention if half and end < reporting.end else frame.so_far
        return
    if period.start >= reporting.start:
        frame.so_far = None
    elif place.previous() is None and not period.label.startswith("TTM"):
        frame.so_far = mention
        frame.through = mention if frame.last is None else frame.through


def set_year(reading: Reading, year: Period, setting: Setting) -> None:
    """Give a reading the year that it has in a row of years; one to come is no result."""
    reading.period = year
    if reading.modality != "question" and setting.day is not None:
        reading.modality = "forward" if year.end >= setting.day else "actual"


_HELD_AGAINST = frozenset({"较", "比", "相比", "相较", "相较于", "对比"})


def _is_base(place: Place) -> bool:
    """Whether a number told to be a base is one; 比第二季多出兩成 compares with the time."""
    if place.kind == "multiple":
        return False
    moved = False
    for mark in place.before(breaks=1):
        if isinstance(mark.value, Cue):
            kinds = mark.value.kinds
            if "from" in kinds:
                # 较年初-2.5%: with a sign of its own it is the move, not where that started.
                told = place.sentence.folded[mark.start : mark.end]
                return not (place.quantity.signed and told in _HELD_AGAINST)
            if "forward" in kinds or kinds >= {"be", "happened"}:
                return False
            moved = moved or bool(kinds & {"up", "down", "to"})
        elif mark.kind == "period" and moved:
            return False
    return True


def _is_comparison(place: Place) -> bool:
    """Whether a growth is the one to be compared with: "on top of a 46% comparison"."""
    compared = place.next == "c" and _COMPARISON.match(place.sentence.folded, place.mark.end)
    return bool(compared) or is_lapped(place)


def _is_year_of(mention: PeriodMention, setting: Setting) -> bool:
    """Whether the time of a growth to compare with is told as the year, of a quarter's result."""
    if setting.reporting is None or setting.reporting.end <= mention.period.end:
        return False
    days = (setting.reporting.end - setting.reporting.start).days
    return (mention.period.end - mention.period.start).days > _TWICE * days


_TWICE = 2


def _asked_for(place: Place, asked: PeriodMention, setting: Setting) -> PeriodMention | None:
    """The time to come that a question asked about, for the figure that its answer begins with."""
    if place.mark.start - place.sentence.start > _AT_ONCE:
        return None
    for mark in place.before(breaks=3):
        if isinstance(mark.value, MetricMatch) and (
            mark.value.metric.id not in setting.asked_metrics
        ):
            return None
    return asked if future(asked.period, setting) else None


def _carried(
    reading: Reading, place: Place, own: str | None, frame: Frame, setting: Setting
) -> PeriodMention | None:
    """The time that the sentence set before, where it holds for this number too."""
    leave_aside(place, frame)
    here = frame.here
    if here is None or (reading.nature != "flow" and reading.measure not in MOVES):
        return None
    if future(here.period, setting) and is_left(place, here):
        return None
    if reading.metric == "share_price" and here.period.start != here.period.end:
        # 股价年内国寿+6%、平安+14%: a row of prices over one time.
        last = frame.last if frame.last and frame.last.mark is place.previous() else None
        row = last is not None and last.metric == "share_price" and last.period == here.period
        return here if row else None
    if reading.measure in MOVES and grows_from_there(place, frame):
        return None
    period = here.period
    if period.start == period.end and reading.metric != "share_price":
        return None
    if period.label.startswith("TTM") and reading.family not in ("money", "money_per_share"):
        return None
    reporting = setting.reporting
    if reporting is None:
        return here
    if own == "qoq" and _same(period, quarter_before(reporting)):
        return None
    last = frame.last
    listed = last is not None and last.mark is place.previous() and last.modality == "forward"
    in_brackets = (
        last is not None
        and last.mark is not None
        and (
            last.quantity.text[:1] == "("
            or place.sentence.folded[last.mark.start - 1 : last.mark.start] == "("
        )
    )
    if listed and last is not None and last.base and not in_brackets:
        return None
    if period.end < reporting.end and (listed or led_by(place) is True):
        return None
    return None if future(period, setting) and _has_happened(place) else here


def _asks_a_price(reading: Reading) -> bool:
    """Whether the number is what something costs: a price of the day, not of a year that passed."""
    return reading.metric == "price" and reading.measure == "level"


def _has_happened(place: Place) -> bool:
    """Whether the number's half of the sentence, behind a semicolon, tells of what happened."""
    happened = False
    for mark in place.back():
        if mark.kind == "break" and mark.weight == 3:
            return happened
        if isinstance(mark.value, Cue):
            if "forward" in mark.value.kinds:
                return False
            happened = happened or "happened" in mark.value.kinds
    return False


def _sets_the_time(place: Place, mention: PeriodMention, setting: Setting) -> bool:
    """Whether a time holds for what follows in the sentence too: not one that is looked back at."""
    reporting = setting.reporting
    if mention.relation in ("versus", "since") or closes(place, mention):
        return False
    if _is_likened_to(place, mention):
        return False
    looked_back = reporting is not None and mention.period.end < reporting.end
    return not looked_back or place.previous() is None


def _is_likened_to(place: Place, mention: PeriodMention) -> bool:
    """Whether a number is only said to be like that of a time: 与去年11%相若, "as in 2024"."""
    mark = mark_of(place, mention)
    if mark is None or mark.start > place.mark.start:
        return False
    folded = place.sentence.folded
    start = max(place.sentence.start, mark.start - _LIKENED_REACH)
    said = folded[start : mark.start]
    if said[-1:] not in "与和跟同对" and not (
        said.endswith(" ") and any(word in said for word in _LIKENING)
    ):
        return False
    return _LIKE.search(place.sentence.folded, start, mark.start) is not None


def _period(
    reading: Reading,
    place: Place,
    mention: PeriodMention | None,
    basis: str,
    frame: Frame,
    setting: Setting,
    *,
    base: bool,
    ahead: bool,
    quoted: bool,
) -> Period | None:
    reporting = setting.period.period if setting.period else setting.reporting
    last = frame.last if frame.last and frame.last.mark is place.previous() else None
    if last is not None and last.base and last.period and mention is None and restates(place):
        return last.period
    if mention is not None:
        frame.period = mention
        return _of_mention(reading, place, mention, last, setting, base=base)
    if quoted or (base and ahead):
        told = last is not None and last.modality in ("forward", "question")
        return last.period if last and told else reporting
    if base and any("present" in kinds for _, kinds in place.cues_before(breaks=1)):
        return reporting
    if base and is_told_as_of_now(place):
        return reporting
    if base and last is not None and last.metric != reading.metric and _names_own(reading, place):
        return reporting
    if base and reporting is not None:
        before = frame.last.period if frame.last and frame.last.period else reporting
        return quarter_before(before) if basis == "qoq" else year_before(before)
    if not ahead:
        so_far = frame.so_far if reading.nature == "flow" or reading.measure in MOVES else None
        return so_far.period if so_far is not None and not _is_present(place) else reporting
    listed = last.period if last and last.modality == "forward" else None
    if listed is not None and not future(listed, setting):
        listed = None
    return listed or _ahead(frame, setting) or (reporting if setting.asked else None)


def _names_own(reading: Reading, place: Place) -> bool:
    """Whether a base has a measure of its own: "$13,900, which compares with a breakeven of …"."""
    for mark in place.before():
        if isinstance(mark.value, Cue) and "from" in mark.value.kinds:
            return False  # 净利率由12.9%降至8.4%: the measure stands before the word of the base
        if isinstance(mark.value, MetricMatch):
            return not mark.value.weak and mark.value.metric.id == reading.metric
    return False


def _of_mention(
    reading: Reading,
    place: Place,
    mention: PeriodMention,
    last: Reading | None,
    setting: Setting,
    *,
    base: bool,
) -> Period:
    """The days that a time means for this number."""
    period = mention.period
    if (nth := one_each(place, mention)) is not None:
        return nth
    if reading.nature == "stock" and closes(place, mention):
        return period_of(period.end, period.end)
    if (
        reading.nature == "stock"
        and reading.measure != "change"
        and mention.text.isascii()
        and period.label.startswith("TTM")
        and reading.metric not in _OVER_A_YEAR
    ):
        # "The share count is down 3% over the past year": as it stands now.
        return setting.reporting or period
    looks_back = base or _sets_against(reading, place, mention, last)
    if looks_back and LAST_YEAR.fullmatch(fold(mention.text)):
        compared = last.period if last and last.period else setting.reporting
        if compared is not None and (compared.end - compared.start).days < 300:
            return year_before(compared)
    return period


# Counted over a year, not at its end: annual active customers.
_OVER_A_YEAR = frozenset({"customers", "users", "subscribers", "sellers", "patients"})


def _sets_against(
    reading: Reading, place: Place, mention: PeriodMention, last: Reading | None
) -> bool:
    """Whether a figure is told beside the same one of now: 利润率 11.6%，去年是 15.3%."""
    if last is None or last.mark is None or last.modality != "actual" or last.base:
        return False
    alike = last.metric == reading.metric and last.measure == reading.measure
    if not alike or reading.measure not in ("level", "share") or reading.nature != "flow":
        return False
    mark = mark_of(place, mention)
    if mark is None or not last.mark.end <= mark.start < place.mark.start:
        return False
    return not any(m.kind == "metric" and m.start >= last.mark.end for m in place.before(breaks=2))


def _ahead(frame: Frame, setting: Setting) -> Period | None:
    """The time of what is expected where its words name none: the one that guidance spoke of."""
    if setting.period is not None:
        return setting.period.period
    for named in (frame.ahead, frame.period, setting.asked_of):
        if named is None or (named.period.end - named.period.start).days <= _MONTH:
            continue
        if future(named.period, setting):
            return named.period
    if (setting.outlook or frame.outlook) and setting.reporting is not None:
        year, quarter = fiscal_position(setting.reporting, setting.fiscal_year_end)
        return fiscal_year(year + (quarter == 4), setting.fiscal_year_end)
    return None


def _next_year(
    mention: PeriodMention | None, place: Place, frame: Frame, setting: Setting
) -> PeriodMention | None:
    """Read "full year" under a heading of guidance after a fourth quarter as the year to come."""
    reporting = setting.reporting
    if mention is None or reporting is None or not (setting.outlook or frame.outlook):
        return mention
    last = frame.last
    reported = frame.here is not None and frame.here.period.end <= reporting.end
    if reported and last is not None and last.modality == "actual" and led_by(place) is None:
        return mention
    over = _same(
        mention.period,
        fiscal_year(
            fiscal_position(reporting, setting.fiscal_year_end)[0], setting.fiscal_year_end
        ),
    )
    if not over or mention.period.end > _close(reporting, setting) or not whole_year(mention):
        return mention
    return _a_year_on(mention)


# "Beat our guidance for the full year": what was guided for the year that is over.
_OVER = regex(
    r"\b(?:beat|exceeded|above|ahead of|within|met|achieved|reached|hit|surpassed|missed)\b"
)


def _of_year_to_come(
    mention: PeriodMention | None, place: Place, setting: Setting
) -> PeriodMention | None:
    """Read the "full year" of what is expected, told when the year is over, as the next one."""
    reporting, day = setting.reporting, setting.day
    if mention is None or reporting is None or day is None or mention.period.end >= day:
        return mention
    named = any(character.isdigit() for character in mention.text)
    if named or not whole_year(mention) or mention.period.end != _close(reporting, setting):
        return mention
    if _OVER.search(place.sentence.folded, place.sentence.start, place.mark.start):
        return mention
    return _a_year_on(mention)


def _a_year_on(mention: PeriodMention) -> PeriodMention:
    return mention.model_copy(update={"period": year_before(mention.period, -1)})


def _close(reporting: Period, setting: Setting) -> date:
    """The last day of the reporting quarter by the company's calendar."""
    return quarter_close(reporting, setting.fiscal_year_end)


def _bracketed(place: Place, frame: Frame) -> tuple[Period, bool] | None:
    """The time of what stands in brackets behind its like: a year before, an outlook before it."""
    last = frame.last
    if last is None or last.period is None or last.mark is not place.previous():
        return None
    if last.base or not stands_bracketed(place):
        return None
    ahead = last.modality != "actual"
    return (last.period, True) if ahead else (year_before(last.period), False)


_SAID = regex(
    r"\b(?:said|guided|forecast|expected|promised|put|predicted|projected|told|pencill?ed in)\b"
)


def _when_said(mention: PeriodMention, place: Place, frame: Frame, setting: Setting) -> bool:
    """Whether a month is when an outlook was given: "it had said $60 to $62 billion in August"."""
    last = frame.last
    told = last is not None and last.modality == "forward" and last.mark is place.previous()
    if not told or setting.day is None or mention.period.end > setting.day:
        return False
    if (mention.period.end - mention.period.start).days > _MONTH:
        return False
    start = max(place.sentence.start, place.mark.start - 40)
    return _SAID.search(place.sentence.folded, start, place.mark.start) is not None


_MONTH = 31


def _is_present(place: Place) -> bool:
    """Whether the clause says that it speaks of now: 目前, "today"."""
    return any(is_present(place, mark, kinds) for mark, kinds in place.cues_before(breaks=1))


def _same(a: Period, b: Period) -> bool:
    return (a.start, a.end) == (b.start, b.end)
