"""What a multiple is a ratio of, on what basis a profit is told, and measures of one piece."""

from pipeline.extract.frame import Frame
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.metric.meant import just_before
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch, related
from pipeline.patterns import regex

# "1.9 times EBITDA", "10x EBITDA", "13 times earnings": what the multiple is of.
_OF_EBITDA = regex(
    r"\s*(?:(?:our |its |adj\.? |adjusted |annual |trailing |forward |ltm |ntm )+)?ebitdar?\b"
)
_OF_EARNINGS = regex(
    r"\s*(?:(?:next|this|last|forward|trailing|current|fiscal|expected|estimated|our|its|the|year's|"
    r"years?|consensus|20\d\d|'?\d\de?|fy\d\de?|ntm|ltm|cy\d\de?)(?:'s|’s|'|’)?\s+)*(?:earnings|eps|p/?e)\b"
)
_OF_BOOK = regex(r"\s*(?:(?:tangible|price-to-|price to|p/)\s*)?(?:book|tbv|bv)\b")
_OWED = frozenset({"debt", "net_debt", "leverage", "cash", "net_cash", "liquidity"})


# "Average revenue per car", "cost per employee", "EBITDA per ton": of one of what is counted.
_PER = regex(
    r"(?: per |\s?/\s?)(?:available |average |active |paying |occupied |retail |new |sold )?"
    r"(?P<what>[a-z]{3,}(?: (?:foot|room|mile|night|hour|day|head))?)\b"
)
_NO_PIECES = frozenset(
    ("share", "month", "day", "week", "year", "quarter", "annum", "diluted", "common", "capita",
     "cent", "basic", "ads", "the", "our", "and", "unit", "hour", "minute")
)  # fmt: skip
_PER_WHAT = frozenset(
    ("revenue", "operating_expenses", "cost_of_revenue", "operating_income", "net_income", "ebitda",
     "adjusted_ebitda", "gross_profit", "capex", "free_cash_flow", "bookings")
)  # fmt: skip


def per_piece(chosen: MetricMatch, place: Place) -> str | None:
    """Name the measure of one of something, where "per" and a noun stand behind a metric."""
    if chosen.end == 0 or chosen.metric.id not in _PER_WHAT:
        return None
    mark = next((m for m in place.back() if m.value is chosen), None)
    mark = mark or next((m for m in place.onward() if m.value is chosen), None)
    if mark is None or place.sentence.folded[mark.end : mark.end + 1] not in " /":
        return None
    per = _PER.match(place.sentence.folded, mark.end)
    if per is None or per["what"].split()[0] in _NO_PIECES:
        return None
    noun = _LAST_NOUN.search(place.sentence.folded[mark.start : mark.end])
    piece = per["what"].replace(" ", "_")
    return f"{noun[0] if noun else chosen.metric.id}_per_{piece}"


_LAST_NOUN = regex(r"[a-z]+$")


def multiple_of(chosen: MetricMatch | None, place: Place) -> MetricMatch | None:
    """The ratio that a multiple is, where the words behind it or its metric tell."""
    folded, end = place.sentence.folded, place.mark.end
    if _OF_EARNINGS.match(folded, end):
        return unnamed("price_to_earnings")
    if _OF_BOOK.match(folded, end):
        return unnamed("price_to_book")
    if _OF_EBITDA.match(folded, end):
        owed = chosen is not None and chosen.metric.id in _OWED
        named = any(
            isinstance(m.value, MetricMatch) and m.value.metric.id in _OWED for m in place.back()
        )
        return unnamed("leverage" if owed or named else "ev_to_ebitda")
    if chosen is not None and (over := _PRICE_OVER.get(chosen.metric.id)) is not None:
        start = max(place.sentence.start, place.mark.start - _VALUED_REACH)
        if _VALUED.search(place.sentence.folded, start, place.mark.start):
            return unnamed(over)
    return None


# 目标价相当于2026年预测内涵价值1.6倍, 现价对应今年盈利12倍: a price told as so many times a figure.
_PRICE_OVER = {
    "embedded_value": "price_to_embedded_value",
    "embedded_value_per_share": "price_to_embedded_value",
    "book_value": "price_to_book",
    "book_value_per_share": "price_to_book",
    "tangible_book_value_per_share": "price_to_book",
    "shareholders_equity": "price_to_book",
    "net_assets": "price_to_book",
    "net_asset_value": "price_to_nav",
    "net_asset_value_per_share": "price_to_nav",
    "eps": "price_to_earnings",
    "adjusted_eps": "price_to_earnings",
    "net_income": "price_to_earnings",
    "adjusted_net_income": "price_to_earnings",
    "revenue": "price_to_sales",
    "free_cash_flow": "price_to_free_cash_flow",
    "ebitda": "ev_to_ebitda",
    "adjusted_ebitda": "ev_to_ebitda",
}
_VALUED = regex(
    r"目标价|现价|股价|现价|市值|估值|评价|企业价值|交易于|现时相当于|潜在合理价"
    r"|\b(?:target price|price target|trades?|trading|valuation|valued|share price)\b"
)
_VALUED_REACH = 48


def still_valued(place: Place, frame: Frame) -> MetricMatch | None:
    """The ratio told just before, where a price is said to be another multiple: 现价只有 1.3 倍."""
    last = frame.last
    if last is None or last.family != "x" or place.kind != "multiple":
        return None
    same = last.sentence == (place.sentence.start, place.sentence.end)
    return unnamed(last.metric) if same else None


# "Adj. EPS $1.21, GAAP 1.17", "reported EPS 1.17, underlying 1.21": the basis alone names it.
_AS_REPORTED = regex(r"(?<!non-)(?<!non )\b(?:gaap|ifrs|statutory|reported)\s*[$€£]?\s*$")
_AS_ADJUSTED = regex(
    r"(?:non-gaap|non gaap|adj\.?|adjusted|underlying|core|headline|normali[sz]ed)\s*[$€£]?\s*$"
)


# "$1.20 excluding special items", 扣除特殊项目后: what no year has again is left out.
_ONCE = (
    r"(?:special|one-?time|one-?off|unusual|non-?recurring|certain|discrete|restructuring|impairments?"
    r"|litigation|legal|severance|merger|integration|transaction|acquisition-related|items\b)"
)
_LEFT_OUT_BEHIND = regex(
    r",?\s*(?:(?:when|if) )?(?:excluding|ex|before|adjusted for|adjusting for|net of)[ -]"
    rf"(?:(?:the|these|those|all|any|a|an|our) )*{_ONCE}"
)
_LEFT_OUT_BEFORE = regex(
    r"(?:剔除|扣除|撇除|不计|不含|若不计|加回)[^，。；,;]{0,8}"
    r"(?:一次性|特殊|非经常|非经营|重组|减值|股权激励|股份支付|汇兑|诉讼|遣散|并购)"
    rf"[^。；;0-9]{{0,24}}$|\b(?:excluding|before|ex)[ -](?:(?:the|these|all|a|an|our) )*{_ONCE}"
    r"[^.;0-9]{0,60}$"
)
# What is in each of these.
_LEAVING_OUT = ("ex", "before", "除", "不计", "不含", "加回")
_LEFT_OUT_REACH = 80


def _leaves_out(place: Place) -> bool:
    """Whether the figure is told without what was only this once."""
    folded, at = place.sentence.folded, place.mark.start
    if _LEFT_OUT_BEHIND.match(folded, place.mark.end):
        return True
    start = max(place.sentence.start, at - _LEFT_OUT_REACH)
    before = folded[start:at]
    if not any(word in before for word in _LEAVING_OUT):
        return False
    return _LEFT_OUT_BEFORE.search(folded, start, at) is not None


def on_basis(chosen: MetricMatch, place: Place) -> MetricMatch:
    """Give the adjusted metric, or the one as reported, where only its basis is named."""
    adjusted = related(chosen.metric.id, "adjusted")
    if adjusted is not None:
        named = _AS_ADJUSTED.search(just_before(place, 16)) or _leaves_out(place)
        return (unnamed(adjusted.id) or chosen) if named else chosen
    if chosen.metric.id.startswith("adjusted_") and _AS_REPORTED.search(just_before(place, 16)):
        return unnamed(chosen.metric.id.removeprefix("adjusted_")) or chosen
    return chosen
