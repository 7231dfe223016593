"""When prices hold: of the day they are told of, or to come."""

from datetime import date, timedelta

from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place
from pipeline.extract.time.wording import POINTING_BACK, wording_of
from pipeline.normalize.periods import period_of
from pipeline.patterns import regex
from schemas import PeriodMention

_TOLD_WITHIN, _RIGHT_BEHIND = 200, 20
_UPSIDE = regex(r"潜在|(?:上升|上涨|上行|下跌|下行|向上)空间|upside")
# 那时, "back then": the time that was spoken of last.
_THEN = regex(r"\b(?:at (?:that time|the time|that point)|back then)\b")
_NEXT_DAY = regex(r"次日|翌日|隔日|next day|following day")


# 目標價 78 元，現價 61.5 元: what a share costs is no outlook, whatever stands before it.
_QUOTED = regex(r"(?:现价|收市价?|收盘价?|昨收|现报|最新股价|现时股价)[^，。；;0-9]{0,4}$")


def time_prices(
    reading: Reading,
    place: Place,
    mention: PeriodMention | None,
    frame: Frame,
    setting: Setting,
) -> None:
    """A share price is of the day it is told; a target price is of no day, and to come."""
    if reading.metric == "target_price":
        reading.period, reading.modality = None, "question" if setting.asked else "forward"
        return
    of_share = reading.metric == "share_price"
    if _is_target(reading, place) or (of_share and _UPSIDE.search(_around(place))):
        reading.modality = "question" if setting.asked else "forward"
    elif of_share and _QUOTED.search(place.lead):
        reading.modality = "question" if setting.asked else "actual"
    if mention is not None or setting.day is None:
        return
    last = frame.last
    if of_share and last is not None and last.metric == "share_price":
        quoted = last.period if last.sentence == reading.sentence else None
        if quoted is not None and quoted.start == quoted.end:
            reading.period = quoted  # 10月22日股价收涨3.2%，报257.6港元
            reading.modality = last.modality
            return
    then = last.period if last is not None else None
    if then is not None and then.end < setting.day and _at_that_time(place):
        reading.period = then
        return
    if of_share:
        next_day = _NEXT_DAY.search(_around(place)) is not None
        day = setting.day + timedelta(days=1) if next_day else setting.day
        reading.period = period_of(day, day)


def _around(place: Place) -> str:
    return place.sentence.folded[max(0, place.mark.start - 16) : place.mark.end + 16]


_SOON = 10


def quotes_a_day(reading: Reading, day: date) -> bool:
    """Whether a share price is that of a day soon after the call: 次日股价收涨 3.2%."""
    period = reading.period
    if reading.metric != "share_price" or period is None:
        return False
    return period.start == period.end and (period.end - day).days <= _SOON


# 新目標價以資產淨值折讓五成計算: what a price is to be in the words of its valuation.
_VALUATIONS = frozenset({"discount_to_nav", "price_to_earnings", "price_to_book", "ev_to_ebitda"})
_TARGET = regex(r"目标价[^，。；;0-9]{0,16}$")


def _is_target(reading: Reading, place: Place) -> bool:
    if reading.metric not in _VALUATIONS:
        return False
    start = max(place.sentence.start, place.mark.start - 24)
    return _TARGET.search(place.sentence.folded, start, place.mark.start) is not None


def _at_that_time(place: Place) -> bool:
    """Whether the sentence says that it speaks of a time told before."""
    if not wording_of(place.sentence).points_back:
        return False
    start = max(place.sentence.start, place.mark.start - _TOLD_WITHIN)
    end = min(place.sentence.end, place.mark.end + _RIGHT_BEHIND)
    folded = place.sentence.folded
    said = folded[start:end]
    if "那时" in said or "当时" in said or "彼时" in said:
        return True
    told = any(word in said for word in POINTING_BACK)
    return told and _THEN.search(folded, start, end) is not None
