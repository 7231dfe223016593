"""What a metric's words mean for an amount of this kind: "dividends" of $0.50 are per share."""

from decimal import Decimal

from pipeline.extract.amount.units import MILLIONS, reads_as_percent
from pipeline.extract.frame import Setting
from pipeline.extract.place import Place
from pipeline.lexicon.metrics import Metric, MetricMatch, metric, related
from pipeline.patterns import regex
from schemas import Quantity

TIME_UNITS = frozenset({"h", "min", "day", "week", "month", "quarter", "year", "person_year"})
# What no listed company has only some dollars of.
_OF_MILLIONS = frozenset(
    {"revenue", "gross_profit", "ebitda", "adjusted_ebitda", "capex", "free_cash_flow", "debt",
     "operating_cash_flow", "cash", "backlog", "bookings", "operating_expenses", "deposits",
     "loans",
     "net_interest_income", "cost_of_revenue", "research_and_development", "financing",
     "investment", "interest_expense", "deal_value", "debt_repayment",
     "supply_commitments", "assets_under_management", "market_size", "net_debt", "liquidity",
     "share_repurchases", "gross_bookings", "total_assets", "impairment"}
)  # fmt: skip
# Goods that are shipped, made and ordered by volume: batteries in Wh, oil in barrels.
_VOLUMES = frozenset({"Wh", "bbl", "boe", "t", "kg", "lb", "oz", "m3", "l", "gal", "cf", "cfe"})
# Modules, wind turbines and storage are sold, ordered and made by their power.
OF_POWER = frozenset(
    {"units", "orders", "bookings", "backlog", "production", "production_capacity"}
)
# Glass and boards are sold and made by the square metre.
_BY_AREA = frozenset({"units", "production", "production_capacity", "orders"})
# "Total volumes were 841,000 Boe": what is pumped is produced.
_PUMPED = frozenset({"bbl", "boe", "cf", "cfe", "boe/day", "bbl/day"})
_OUTPUT = frozenset({"units", "production_capacity", "compute_capacity"})
# An amount per share is small, a price level in percent too; a large bare number is money.
_SMALL = Decimal(1000)
_LARGE = Decimal(100_000)
# What is made, held or covered is told in its own measure, never in money.
_NO_MONEY = regex(r"capacity$|^production$|^reserves$|_miles$|^floor_area$|^leasing_volume$|speed$")
# A bare number is a rate only of such a size; some ratios of capital are higher.
_LARGEST_RATE = Decimal(200)
_HIGH_RATES = frozenset(
    {"rbc_ratio", "solvency_ratio", "capital_adequacy_ratio", "liquidity_coverage_ratio",
     "provision_coverage_ratio", "retention", "reserve_replacement_ratio"}
)  # fmt: skip
# What one of something costs or brings: a bare number of the size of a price is one.
_PRICES = frozenset({"price", "arpu", "average_selling_price", "average_order_value"})
# "Days of inventory stood at 215": their name tells the unit.
_IN_DAYS = frozenset(
    {"inventory_days", "days_sales_outstanding", "days_payable_outstanding",
     "cash_conversion_cycle", "days_claims_payable"}
)  # fmt: skip
_EARNED = frozenset({"eps", "adjusted_eps"})
_PLAIN_X = regex(r"\d\s?x$")
_SCALED = regex(
    r"[tkmb万萬亿億千百](?:(?<=t)(?:housand|rillion)|(?<=[mb])illion|(?<=[万萬亿億千百])"
    r"|(?:(?<=\d[kmb])|(?<=\d\s[kmb]))n?\b)"
)


def meaning(match: MetricMatch, place: Place, setting: Setting) -> Metric | None:
    """Give the metric that a match names for the quantity at a place; None if it cannot.

    Where the document declares a scale for bare amounts of money, numbers may be such amounts.
    """
    named = match.metric
    kind = place.kind
    if kind in ("percent", "multiple", "points"):
        return _of_rate(match, place.quantity)
    if kind == "money":
        return _of_money(named, place, setting)
    if kind == "number":
        if reads_as_percent(place.quantity):
            return _of_rate(match, place.quantity)
        return _of_bare_number(match, place, scaled=setting.scale != 1)
    if kind == "measure":
        return _of_measure(match, place.quantity)
    if named.family in ("money", "money_per_share") and not place.quantity.counted:
        return _of_family(named, "money") if place.size >= _LARGE else None
    return named if named.id == "tenure" else _of_family(named, "count")


def _of_rate(match: MetricMatch, quantity: Quantity) -> Metric | None:
    named = match.metric
    if quantity.kind == "multiple":
        # "On valuation, 9 times": of earnings, where nothing else is said; "FY26E EPS 4.78, 8.2x".
        paid_for = named.id in _EARNED and _PLAIN_X.search(quantity.text)
        if named.id == "valuation" or paid_for:
            return metric("price_to_earnings")
        if named.id in ("net_debt", "debt"):
            return metric("leverage")
    if match.weak and named.id == "shares_outstanding":
        # "Shares +9%": their price.
        return metric("share_price")
    if named.id == "dividends":
        # A dividend that is raised by 10% is raised for each share.
        return related(named.id, "money_per_share")
    return named if named.id != "tenure" else None


def _of_bare_number(match: MetricMatch, place: Place, *, scaled: bool) -> Metric | None:
    named, size = match.metric, place.size
    if named.family == "percent" and size > _LARGEST_RATE and named.id not in _HIGH_RATES:
        return None
    of_time = named.family == "time" and match.end == 0  # a base: "20 hours from 22.7"
    if of_time or named.family in ("percent", "money_per_share", "x", "measure"):
        return named if size < _SMALL else None
    if named.family == "count":
        return named if size == int(size) else None
    if named.id in _IN_DAYS and size < _SMALL:
        return named
    if named.id.endswith("funds_from_operations") and size < _SMALL:
        return related(named.id, "money_per_share")
    priced = named.id in _PRICES and size < _SMALL
    if named.id in _PRICES and size >= _LARGE and not scaled:
        return None
    return _of_family(named, "money") if size >= _LARGE or scaled or priced else None


def _of_money(named: Metric, place: Place, setting: Setting) -> Metric | None:
    size = place.size
    per_share = "每股" in place.lead and size < MILLIONS
    if per_share or place.unit.endswith("/share"):
        return _of_family(named, "money_per_share")
    if named.family == "money_per_share":
        return named if size < _LARGE and not _in_words(place) else _of_family(named, "money")
    told = _of_family(named, "money")
    if size < _SMALL and not _in_words(place):
        small = related(named.id, "money_per_share")
        if small is not None:
            return small
        if told is not None and told.id in _OF_MILLIONS and setting.scale == 1:
            return None
    return told


def _in_words(place: Place) -> bool:
    """Whether an amount is told in thousands or more."""
    return _SCALED.search(place.quantity.text.lower()) is not None


def _of_measure(match: MetricMatch, quantity: Quantity) -> Metric | None:
    named, unit = match.metric, quantity.unit or ""
    if unit == "W" and named.id in OF_POWER and (named.id == "units" or not match.weak):
        return named
    if unit in _VOLUMES and named.family in ("count", "any"):
        return metric("production") if unit in _PUMPED and named.id in _OUTPUT else named
    if unit == "m2" and named.id in _BY_AREA:
        return named
    if unit in _VOLUMES and named.id == "revenue":
        # "Copper sales were 977 million pounds": what is sold is told by its weight.
        return metric("units")
    if unit == "year" and named.id in ("inventory_days", "inventory"):
        return metric("inventory_life")
    return _of_family(named, "time" if unit in TIME_UNITS else unit)


def _of_family(named: Metric, family: str) -> Metric | None:
    if named.family == family:
        return named
    if named.family == "any" and not (family.startswith("money") and _NO_MONEY.search(named.id)):
        return named
    return related(named.id, family)


def unnamed(metric_id: str) -> MetricMatch | None:
    """A match for a metric that no words name in full."""
    known = metric(metric_id)
    return MetricMatch(0, 0, known, weak=True, loss=False, adjusted=False) if known else None
