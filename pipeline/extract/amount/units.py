"""The unit of a number that leaves it open: its metric's, the document's, its neighbour's."""

from decimal import Decimal

from pipeline.extract.amount.sizes import size_of
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.place import Place
from pipeline.normalize.script import fold
from pipeline.patterns import regex
from schemas import Quantity

# A bare Chinese amount says no currency of its own: 由 400 億上修到至少 500 億美元.
_BARE = regex(r"^[^a-z$€£¥₩元圆块]*[万亿兆]$")
# 元 alone is the document's currency, or that of what was told before.
_YUAN = regex(r"[^a-z$€£¥₩]*[\d万亿兆]\s?元$")
# 14.1 亿美元（约 100.5 亿元）: what the foreign amount before it comes to at home.
_CONVERTED = regex(
    r"[美港欧日韩澳加英uhe](?:(?<=[美港欧日韩澳加])元|(?<=美)金|(?<=港)币|(?<=英)镑|(?<=u)sd|(?<=h)kd"
    r"|(?<=e)ur)\s?[（(，,](?:折?合|折|相?当于|约|即|大约|[≈~])*\s?$"
)
_BASIS_POINTS = regex(r"basis|bi?p|基点|基點")
_SCALES = (
    ("t", regex(r"t(?:rillion|(?<=\bt)n\b)"), Decimal(10) ** 12),
    ("b", regex(r"b(?:illion|n\b|(?:(?<=\db)|(?<=\d\sb))\b)"), Decimal(10) ** 9),
    ("m", regex(r"m(?:illion|n?\b|ln)"), Decimal(10) ** 6),
    ("亿", regex(r"亿"), Decimal(10) ** 8),
    ("万", regex(r"万"), Decimal(10) ** 4),
)
_LARGEST_PER_SHARE = Decimal(1000)
MILLIONS = Decimal(1_000_000)  # of no share
_CENTS = regex(r"\bcents?\b|美分|仙")
# Metrics of one of something, which a few cents may be.
# "Bought back 2 million shares at an average of $97".
_BOUGHT = frozenset({"share_repurchases", "shares_repurchased"})
_AVERAGE = regex(
    r"\b(?:average|avg)(?: (?:price|cost))?(?: of| was)?(?: about)?\s*$|均价[^，]{0,4}$"
)
_OF_ONE = regex(r"price|arpu|unit|average|_per_|fare|yield|casm|rasm|cost_of|fee|ticket")
_SIGNED_PERCENT = Decimal(1000)


def reads_as_percent(quantity: Quantity) -> bool:
    """Whether a bare signed number is a growth rate, as terse notes have it: "EMEA 3,331 +6"."""
    if quantity.kind != "number" or not quantity.signed or quantity.value is None:
        return False
    return abs(quantity.value) < _SIGNED_PERCENT


# 目標價 78 元: of a mainland company with a Hong Kong code the shares are quoted there.
_BARE = regex(r"[^a-z$¥€£]*元")
_QUOTED = frozenset({"target_price", "share_price"})


def _trades_in_hong_kong(reading: Reading, quantity: Quantity, setting: Setting) -> bool:
    if reading.metric not in _QUOTED or setting.currency != "CNY" or setting.about is None:
        return False
    code = setting.about.id
    if len(code) != 4 or not code.isdigit():
        return False
    said = fold(quantity.text)
    return _BARE.fullmatch(said) is not None and not any(w in said for w in "人币港美台")


def settle_unit(reading: Reading, place: Place, frame: Frame, setting: Setting) -> None:
    """Set the reading's unit, and the factor that brings its number to base units."""
    quantity = place.quantity
    unit: str | None = place.unit
    money = setting.currency or "USD"
    if place.kind == "money":
        unit = _lent_currency(place) or _currency_before(reading, place, frame) or unit
        if _trades_in_hong_kong(reading, quantity, setting):
            unit = "HKD"
        if unit and place.size >= MILLIONS:
            unit = unit.removesuffix("/share")
        if reading.family == "money_per_share" and unit and "/" not in unit:
            unit = f"{unit}/share"
    elif place.kind == "count" and reading.metric == "tenure" and reading.unit:
        unit = reading.unit
    elif place.kind in ("number", "count") and reading.family == "money":
        unit = money
        bare = place.kind == "number" and not place.scaled
        if bare and place.size < setting.bare_below:
            reading.factor = setting.scale
    elif place.kind == "number":
        unit = {
            "percent": "percent",
            "money_per_share": f"{money}/share",
            "x": "x",
            "count": "count",
            "time": "day",
        }.get(reading.family)
    if place.kind == "money" and unit and "/" not in unit and _is_of_share(reading, place):
        reading.metric, reading.family, unit = "eps", "money_per_share", f"{unit}/share"
        reading.doubts = [d for d in reading.doubts if d != "metric not named"]
    last = frame.last
    alike = last is not None and (reading.family != "count" or last.metric == reading.metric)
    follows = last is not None and last.mark is place.previous()
    if place.kind == "number" and reading.base and last and follows and alike:
        unit = _like_the_last(reading, quantity, last)
    reading.unit = unit or reading.unit or "count"
    unnamed = "metric not named" in reading.doubts
    if unnamed and reading.metric == "price" and reading.unit.endswith("/share"):
        reading.metric, reading.family = "eps", "money_per_share"
    if place.kind == "money" and reading.metric == "eps" and "/" not in reading.unit:
        reading.unit = f"{money}/share"


def _before(place: Place) -> str:
    return place.sentence.folded[
        max(place.sentence.start, place.mark.start - 32) : place.mark.start
    ]


def _is_of_share(reading: Reading, place: Place) -> bool:
    """Whether a small amount is told of a share though no word says so.

    "The Street is at $4.90", "that alone cost us 3 cents".
    """
    quantity = place.quantity
    if reading.family == "money_per_share" or place.scaled or place.size >= _LARGEST_PER_SHARE:
        return False
    if reading.metric in _BOUGHT and _AVERAGE.search(_before(place)):
        return True
    if "metric not named" in reading.doubts and any(
        "expectation" in kinds for _, kinds in place.cues_before()
    ):
        return True
    cents = _CENTS.search(place.said) is not None and "dollar" not in quantity.text
    return cents and reading.family == "money" and not _OF_ONE.search(reading.metric)


def in_basis_points(quantity: Quantity) -> bool:
    """Whether a quantity in percentage points was told in basis points."""
    return quantity.kind == "points" and _BASIS_POINTS.search(fold(quantity.text)) is not None


def scale_of(folded: str) -> Decimal | None:
    """Give the largest scale that a quantity's folded words name; None where they name none."""
    for letter, pattern, factor in _SCALES:
        if letter in folded and pattern.search(folded):
            return factor
    return None


def _like_the_last(reading: Reading, quantity: Quantity, last: Reading) -> str:
    """A base without a unit is in the unit and scale of the figure before it.

    "44 basis points, down from 57", "2.7 billion versus 2.3".
    """
    text = fold(last.quantity.text)
    if last.unit == "percentage_points" and _BASIS_POINTS.search(text):
        reading.factor = Decimal("0.01")
    elif size_of(quantity) < _SIGNED_PERCENT:
        scale = scale_of(text)
        reading.factor = scale if scale is not None else reading.factor
    return last.unit


def _currency_before(reading: Reading, place: Place, frame: Frame) -> str | None:
    """The currency in which the same metric was told just before a bare 元.

    价差 0.53 元人民币，…由 0.52 元上调, in a note whose other amounts are in Hong Kong dollars.
    """
    if not place.said.endswith("元") or not _YUAN.match(place.said):
        return None
    if "億" not in place.quantity.text and _CONVERTED.search(_before(place)):
        return "CNY"
    last = frame.last
    if last is None or last.metric != reading.metric or last.quantity.kind != "money":
        return None
    return last.unit.partition("/")[0] if last.sentence[1] <= reading.sentence[1] else None


def _lent_currency(place: Place) -> str | None:
    """The currency of the amount that a bare one moves to."""
    if "元" not in place.said:
        return None
    marks = place.sentence.marks
    for k in range(place.at + 1, len(marks)):
        later = marks[k]
        if later.kind == "quantity" and isinstance(later.value, Quantity):
            near = later.start - place.mark.end <= 12 and later.value.kind == "money"
            return later.value.unit if near and _BARE.match(place.said) else None
        if later.kind == "break":
            return None
    return None
