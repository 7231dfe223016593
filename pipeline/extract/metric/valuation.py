"""What a share is worth: multiples and earnings beside a target price."""

from pipeline.extract.amount.units import MILLIONS
from pipeline.extract.metric.meaning import unnamed
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import MetricMatch
from pipeline.patterns import regex

_TIMES = regex(r"[~c.≈<>]*\d{1,3}(?:\.\d)?(?:-\d{1,3}(?:\.\d)?)?x")


# "2.6x '26 TBV", "11x FY26E EV/EBITDA"
_TIMES_WHAT = regex(
    r" (?:'?(?:fy|cy)?\d{2,4}e? )?(?:p/)?(tbv|bv|book|p/b|ev/ebitda|sales|ev/sales|nav)\b"
)
_VALUED = {
    "tbv": "price_to_book", "bv": "price_to_book", "book": "price_to_book", "p/b": "price_to_book",
    "ev/ebitda": "ev_to_ebitda", "sales": "price_to_sales", "ev/sales": "price_to_sales",
    "nav": "price_to_book",
}  # fmt: skip
_TIMES_EARNINGS = regex(r"\dx (?:p/e )?(?:on |of )?'?(?:fy|cy)?'?\d{2,4}e? (?:eps )?(?:of )?$")


def as_valuation(chosen: MetricMatch, place: Place) -> MetricMatch | None:
    """What a target price is told with: "PT $850 (was $900), 26x", "25x '26E $3.22"."""
    if chosen.metric.id not in ("target_price", "share_price"):
        return None
    if place.kind == "money" and _TIMES_EARNINGS.search(place.lead):
        return unnamed("eps")  # "25x '26E $3.22"
    if place.kind != "multiple" or not _TIMES.fullmatch(place.said):
        return None
    of_what = _TIMES_WHAT.match(place.sentence.folded, place.mark.end)
    return unnamed(_VALUED[of_what[1]] if of_what else "price_to_earnings")


# What a sum of millions is called, of which the words name what each share has.
_OF_ALL_SHARES = {
    "dividend_per_share": "dividends", "eps": "net_income",
    "adjusted_eps": "adjusted_net_income", "share_price": "valuation",
}  # fmt: skip


def of_all_shares(chosen: MetricMatch, place: Place) -> MetricMatch | None:
    """The sum for all shares: 中期息每股 25 仙，派息約 24 億港元."""
    if place.kind != "money" or chosen.metric.id not in _OF_ALL_SHARES:
        return None
    if place.size < MILLIONS:
        return None
    return unnamed(_OF_ALL_SHARES[chosen.metric.id])
