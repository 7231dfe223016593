"""Which metric a quantity is an amount of."""

from dataclasses import replace
from functools import lru_cache

from pipeline.extract.amount.drivers import is_driver
from pipeline.extract.frame import Frame, Reading, Setting
from pipeline.extract.metric.alone import stands_alone
from pipeline.extract.metric.background import (
    named_by_whole,
    part_of_named,
    part_of_shops,
    whole_of_share,
)
from pipeline.extract.metric.carried import (
    bare_growth,
    held_by_base,
    inherited,
    margin_felt,
    moved_in_list,
    of_another,
    of_list,
    of_that,
    rate_in_points,
    told_by_line,
)
from pipeline.extract.metric.chinese import told_in_chinese
from pipeline.extract.metric.meaning import meaning, unnamed
from pipeline.extract.metric.meant import just_before
from pipeline.extract.metric.naming import snake_case
from pipeline.extract.metric.nearby import nearby
from pipeline.extract.metric.parts import is_part_of_business
from pipeline.extract.metric.phrases import (
    is_size_of_business,
    lets_go,
    other_people,
    told_by_phrase,
)
from pipeline.extract.metric.ratios import per_piece
from pipeline.extract.metric.sharpened import (
    loss_that_moves,
    of_each,
    profit_or_loss,
    profit_that_moves,
    sharpened,
)
from pipeline.extract.metric.spending import (
    left_of_last,
    object_multiplied,
    paid_in_all,
    part_of_shares,
    product_priced,
    put_into,
    spent_on,
)
from pipeline.extract.metric.told import (
    amount_shared,
    counts_contracts,
    earned_by_business,
    of_dividend,
    part_of_last,
)
from pipeline.extract.metric.unsaid import (
    called_behind,
    earner,
    is_far,
    own_costs,
    own_subject,
    run_on_subject,
    without_words,
)
from pipeline.extract.metric.valuation import as_valuation, of_all_shares
from pipeline.extract.metric.whole import OF_THE_WHOLE, SUBSIDIARIES
from pipeline.extract.place import Place, words_in
from pipeline.lexicon.counted import CountedMatch, counted_metric
from pipeline.lexicon.metrics import Metric, MetricMatch
from pipeline.normalize.script import fold
from pipeline.patterns import regex

_INHERITED = "metric inherited"
# Items and products are units where they are sold, selection where they are on offer.
_GOODS = frozenset({"selection", "products"})
_SOLD = regex(r"purchased|bought|sold|delivered|shipped|ordered|卖出|售出|销售了|交付|出货")
# The other name of revenue in a sentence that goes on to 营业收入.
_REVENUE = regex(r"(?<!营业)(?:收入|营收)(?!入)|净销售额|总销售额")
_TO_GROW = regex(r"\bto grow(?: by| at)?\s*$")


def choose_metric(
    reading: Reading, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """Settle the reading's metric; give the match that says so, None where nothing names one."""
    part = of_that(place, frame) or part_of_last(place, frame) or amount_shared(place, frame)
    at_number = _told_at_number(reading, place, frame, setting, part)
    chosen = at_number or nearby(place, frame, setting) or loss_that_moves(place, frame)
    if (apart := _told_apart(reading, place, frame, part)) is not None:
        return apart
    if chosen is None or is_far(chosen, place, frame):
        chosen = part_of_named(place) or bare_growth(place, frame) or chosen
    if (where := put_into(place)) is not None:
        reading.business = where.title()
    if (running := run_on_subject(place) or earner(place, chosen)) is not None:
        reading.business = running.title()
    if (whole := named_by_whole(place, frame)) is not None:
        reading.measure = "share"
        _settle(reading, whole.metric)
        return whole
    if (multiplied := object_multiplied(place)) is not None:
        _name_in_words(reading, multiplied, "any")
        return None
    told = part is not None or (at_number is not None and at_number.end == 0)
    if chosen is None or (not told and is_far(chosen, place, frame)):
        by_words, match = _told_by_words(reading, place, frame, setting)
        if by_words:
            return match
        chosen = profit_that_moves(place, frame) or chosen
    chosen = chosen or inherited(reading, place, frame, setting)
    if chosen is not None:
        chosen = _of_what(chosen, place, frame, setting)
    called = called_behind(place)
    if called is not None and not _names_itself(place, chosen):
        _name_in_words(reading, called.replace("_", " "), "money")
        return None
    chosen = _in_sums(chosen, reading, place, frame, setting)
    if chosen is not None and (named := own_costs(chosen, place)) is not None:
        _name_in_words(reading, named, "money")
        return chosen
    return _meant(chosen, reading, place, setting)


def _told_at_number(
    reading: Reading, place: Place, frame: Frame, setting: Setting, part: MetricMatch | None
) -> MetricMatch | None:
    """The metric that the words right at a number tell, or the figures that it goes on from."""
    return (
        (None if is_driver(place) else held_by_base(place, frame))
        or part
        or told_by_phrase(place)
        or told_in_chinese(place)
        or spent_on(place)
        or paid_in_all(place, frame)
        or part_of_shares(place)
        or part_of_shops(place)
        or left_of_last(place, frame)
        or _counted(reading, place, frame, setting)
        or of_list(place, frame)
        or moved_in_list(place, frame)
    )


def _told_apart(
    reading: Reading, place: Place, frame: Frame, part: MetricMatch | None
) -> MetricMatch | None:
    """Settle a metric that stands whatever other words say; note whose business it is."""
    if (each := of_each(place, frame)) is not None and (found := unnamed(each)) is not None:
        _settle(reading, found.metric)
        return found
    sized = is_size_of_business(place)
    if (part is not None or sized) and (said := own_subject(place)) is not None:
        reading.business = said[0].title() if said[1] or sized else reading.business
    if part is None and (felt := margin_felt(place, frame)) is not None:
        _settle(reading, felt.metric)
        return felt
    if (product := product_priced(place)) is not None and (price := unnamed("price")) is not None:
        _settle(reading, price.metric)
        reading.business = product.title()
        return price
    return None


def _name_in_words(reading: Reading, words: str, family: str) -> None:
    """Name the metric by the text's own words."""
    reading.doubts.append("metric from words")
    reading.metric, reading.family = snake_case(words), family


def _of_what(
    chosen: MetricMatch, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """Turn a metric to the one that it is said of: the whole, a business, another measure."""
    found: MetricMatch | None = chosen
    if _is_of_whole(chosen, place, frame):
        found = unnamed("revenue")
    if found is not None and _are_sales(found, place, frame, setting):
        found = unnamed("revenue")
    if found is not None and is_part_of_business(found, place, frame):
        line = told_by_line(place, frame, setting)
        rate = line is not None and line.metric.family == "percent"
        shared = any("share" in kinds for _, kinds in place.cues_before())
        found = unnamed("revenue") if line is None or (rate and shared) else line
    if found is not None:
        found = (
            rate_in_points(found, place, frame)
            or of_another(found, frame)
            or as_valuation(found, place)
            or found
        )
    if found is not None and found.metric.id == "net_flows":
        found = _cash_flow_before(found, frame) or found
    return found


def _in_sums(
    chosen: MetricMatch | None, reading: Reading, place: Place, frame: Frame, setting: Setting
) -> MetricMatch | None:
    """Turn a metric to the profit, the dividend or the cost that a sum is told as."""
    summed = place.kind == "money" or (place.kind == "number" and place.scaled)
    if summed and all(doubt == _INHERITED for doubt in reading.doubts):
        chosen = profit_or_loss(place, frame, chosen) or chosen
    if chosen is not None:
        earned = earned_by_business(chosen, place, frame, setting)
        chosen = earned or of_dividend(chosen, place, frame) or chosen
    chosen = sharpened(chosen, place, frame)
    if chosen is not None and _is_operating_income(chosen, place, frame):
        chosen = unnamed("operating_income")
    return chosen


def _meant(
    chosen: MetricMatch | None, reading: Reading, place: Place, setting: Setting
) -> MetricMatch | None:
    """Settle the metric that a match means for this quantity."""
    if chosen is not None:
        chosen = of_all_shares(chosen, place) or chosen
    metric = meaning(chosen, place, setting) if chosen else None
    if chosen is None or metric is None:
        without_words(reading, place)
        return None
    _settle(reading, metric)
    if (per := per_piece(chosen, place)) is not None:
        reading.metric = per
    if chosen.weak:
        reading.doubts.append("weak metric")
    return chosen


def _cash_flow_before(flows: MetricMatch, frame: Frame) -> MetricMatch | None:
    """The cash flow that 净流入 or 净流出 goes on about: 自由现金流净流出218亿，去年净流入137亿."""
    for mark in reversed(frame.metrics):
        match = mark.value
        if isinstance(match, MetricMatch) and match.metric.id.endswith("_cash_flow"):
            return replace(match, loss=flows.loss)
    return None


def _are_sales(chosen: MetricMatch, place: Place, frame: Frame, setting: Setting) -> bool:
    """Whether 業績 stands for sales, as in Taiwan, or 淨收益 for what a bank takes in."""
    if chosen.metric.id != "net_income" or setting.currency not in _NET_REVENUE:
        return False
    named = next((m for m in frame.metrics if m.value is chosen), None)
    if named is None:
        return False
    said = place.sentence.folded[named.start : named.end]
    return said == "净收益" or (said == "业绩" and setting.currency == "TWD")


_NET_REVENUE = frozenset({"TWD", "HKD"})


def _told_by_words(
    reading: Reading, place: Place, frame: Frame, setting: Setting
) -> tuple[bool, MetricMatch | None]:
    """Settle a metric that no list names by the subject of its clause; say whether it was."""
    said = own_subject(place)
    if said is None:
        return False, None
    subject, moves = said
    if place.kind == "number":
        counted = counted_metric(subject)
        if counted is None and _COUNT_OF.search(subject):
            reading.doubts.append("metric from words")
            reading.metric, reading.family = snake_case(subject), "count"
            return True, None
        if counted is None:
            return False, None
        _settle(reading, counted.metric)
        return True, MetricMatch(0, 0, counted.metric, weak=True, loss=False, adjusted=False)
    reading.doubts.append("metric from words")
    if (whole := whole_of_share(place)) is not None:
        _settle(reading, whole.metric)
        reading.business, reading.measure = subject.title(), "share"
        return True, whole
    if moves and place.kind != "points" and not _MEASURE.search(subject):
        line = told_by_line(place, frame, setting) or unnamed("revenue")
        if line is not None:
            reading.metric, reading.family = line.metric.id, line.metric.family
        reading.business = subject.title()
    else:
        reading.metric = snake_case(subject)
        reading.family = "measure" if place.kind == "measure" else "any"
    return True, None


# "Fan count was 51 million".
_COUNT_OF = regex(r"\b(?:counts?|numbers?|volumes?|base|population)$")
# A subject that is a measure by its own words, not a line of business.
_MEASURE = regex(
    r"\b(?:average|mean|median|rates?|ratios?|yields?|costs?|prices?|spreads?|margins?|index"
    r"|times?|"
    r"days|hours|volumes?|counts?|number|age|score|mix|levels?|share|penetration|charge|per|"
    r"density|speed|utilization|productivity|efficiency|turnover|frequency|duration|balances?"
    r"|fees|expenses?|wages|salaries|taxes|charges|provisions?|reserves|claims|losses|debt"
    r"|borrowings"
    r"|inventor(?:y|ies)|receivables|payables|commissions|royalties|depreciation|amortization"
    r"|interest|dividends|payroll|spend|spending|outlays|investments?|overhead|supplies|rents?"
    r"|employed|base|footprint|fleet|workforce|membership|enrollment|capacity|output|generation"
    r"|throughput|demand|load|traffic|capital|bills?|balance sheet|freight|postage|incentives"
    r"|rebates|discounts|markdowns|promotions|shrink|tonnage|footage"
    r"|[a-z]{4,}(?:ations|itions|issions|ections|ments|errals|drawals|enewals)"
    r"|starts|permits|closings|openings|launches|hires|departures|arrivals|calls|leads|tours|bids"
    r"|quotes|scans|tests|cases|doses|clicks|visits|stays|nights|rides|views|downloads|installs"
    r"|sign-?ups|inquiries|enquiries|deliveries|complaints|accidents|incidents|defaults|arrears)$"
    r"|\b(?:length|cost|number|price|pace|days|share|value|use|level|amount|age|rate) of\b"
)


def _names_itself(place: Place, chosen: MetricMatch | None) -> bool:
    """Whether the chosen metric stands right before the number: "Restructuring $300m charge"."""
    mark = next((m for m in place.before() if m.kind == "metric"), None)
    return mark is not None and mark.value is chosen and not place.gap_before(mark).strip()


def _is_of_whole(chosen: MetricMatch, place: Place, frame: Frame) -> bool:
    """Whether a business alone in its clause is given what only its company has.

    "We raised capex to $30 billion, and AWS grew 20%": its revenue, not its capex; so is what it
    takes "to grow double digits".
    """
    if chosen.metric.id not in OF_THE_WHOLE and chosen.metric.id != "revenue_run_rate":
        return False
    if frame.scope is not None and SUBSIDIARIES.search(frame.scope):
        return False
    grows = place.kind == "percent" and bool(_TO_GROW.search(place.lead))
    return is_far(chosen, place, frame) and (grows or stands_alone(place))


def _is_operating_income(chosen: MetricMatch, place: Place, frame: Frame) -> bool:
    """Whether 营业收入 stands for operating income, as translations have it.

    收入为 900 亿元，营业收入为 60 亿元: a company has one revenue, and what is left of it is less.
    """
    last = frame.last
    if last is None or last.metric != "revenue" or last.measure != "level" or not last.value:
        return False
    if chosen.metric.id != "revenue" or place.kind != "money" or not place.quantity.value:
        return False
    named = next((m for m in place.before() if m.kind == "metric"), None)
    if named is None or last.mark is None or last.mark is not place.previous():
        return False
    called = place.sentence.folded[named.start : named.end]
    earlier = _REVENUE.search(place.sentence.folded, place.sentence.start, last.mark.start)
    less = place.quantity.value * 2 < abs(last.value)
    return called == "营业收入" and earlier is not None and less


def _settle(reading: Reading, metric: Metric) -> None:
    reading.metric, reading.family, reading.nature = metric.id, metric.family, metric.nature


def _counted(reading: Reading, place: Place, frame: Frame, setting: Setting) -> MetricMatch | None:
    """The metric that what is counted tells: 440,000 shares, 3,508座."""
    quantity = place.quantity
    if place.kind not in ("count", "measure") or not quantity.counted:
        return None
    found = _counted_noun(quantity.counted)
    if found is None:
        return None
    metric, weak = found.metric, found.weak
    if metric.id in _GOODS and _SOLD.search(just_before(place, 24)):
        goods = unnamed("units")
        metric, weak = (goods.metric, False) if goods else (metric, weak)
    if weak and _asked_for(place, frame, setting):
        return None
    if weak:
        better = nearby(place, frame, setting)
        told = frame.told_of.get(quantity.counted)
        if told is not None and better is not None and better.metric.id == "net_additions":
            return told
        near = better is not None and not _in_another_clause(better, place)
        if better is not None and near and (not better.weak or _leads_up(better, place)):
            return None
        if quantity.counted[:1] in _OF_PEOPLE and _TEAM.search(place.lead):
            return unnamed("headcount")
        if counts_contracts(place):
            return unnamed("contracts")
        if quantity.counted[:1] in _OF_SHOPS and _SHOPS.search(place.lead):
            return unnamed("stores")
        if quantity.counted[:1] == "家" and _OPENED.search(place.lead):
            return unnamed("stores")
        if told is not None:
            return told
    if metric.id == "units" and (told := _told_in_units(place, frame)) is not None:
        return told
    spent = frame.last is not None and frame.last.metric == "share_repurchases"
    if metric.id == "shares_outstanding" and (
        _names(place, "share_repurchases")
        or (spent and frame.last is not None and frame.last.mark is place.previous())
        or _BOUGHT.search(place.lead)
    ):
        bought = unnamed("shares_repurchased")
        metric = bought.metric if bought else metric
    if metric.id == "headcount" and (others := other_people(place)) is not None:
        seen = unnamed(others)
        metric, weak = (seen.metric, False) if seen else (metric, weak)
    elif metric.id == "headcount" and lets_go(place):
        cut = unnamed("job_cuts")
        metric, weak = (cut.metric, False) if cut else (metric, weak)
    reading.scope = found.scope
    reading.unit = found.unit
    return MetricMatch(0, 0, metric, weak=weak, loss=False, adjusted=False)


@lru_cache(maxsize=512)
def _counted_noun(counted: str) -> CountedMatch | None:
    """Give what a noun counts; a call counts the same few again and again."""
    return counted_metric(fold(counted))


# "Bought 14m shs for $4.9bn"
_BOUGHT = regex(r"\b(?:bought(?: back)?|buyback of|repurchased|retired|bb)\s(?:[a-z.]+\s)?$")


def _asked_for(place: Place, frame: Frame, setting: Setting) -> bool:
    """Whether an answer's first figure is of the capacity or count that its question asked for."""
    if setting.metric is None or frame.last is not None:
        return False
    if any(m.kind == "metric" for m in place.before(breaks=3)):
        return False
    return setting.metric.metric.family in ("any", "count")


# 临床团队有3,700人: those who are counted work for the company.
_OF_PEOPLE = frozenset("人名")
_TEAM = regex(
    r"(?:团队|队伍|编制|铁军|部门|员工)(?:规模|总数|人数|总人数)?(?:[已现共约近超达为有]|目前|合计|超过|突破)*$"
)
# 今年净开80家, 大店要开到200家以上: what is opened and closed one by one.
_OPENED = regex(
    r"(?:净?新?增?开|净?关|净增|新增|开店|关店|闭店|拓店|关闭|关掉|关停|开设|开出|落地|加密|店[^，。；,;0-9]{0,3}[开扩做增])"
    r"(?:店|业|设|出|掉|闭|到|了|至|约|近|超过?|不少于|将|计划|预计)*$"
)
# 自营餐厅1,299家: what stands right before a plain measure word.
_OF_SHOPS = frozenset("家个间座")
_SHOPS = regex(
    r"(?:餐厅|门店|店铺|网点|卖场|专柜|专卖店|旗舰店|体验店|直营店|加盟店|药房|超市|影院|影城)(?:数量?|总数)?(?:约|近|超|达|为|共|合计|已)?$"
)
# What is told in units as well as in money.
_IN_UNITS = {"backlog": "homes_backlog", "bookings": "orders", "orders": "orders"}


def _told_in_units(place: Place, frame: Frame) -> MetricMatch | None:
    """The backlog or the orders that units are counted of: "backlog was 9,165 units"."""
    for mark in reversed(frame.metrics):
        match = mark.value
        if not isinstance(match, MetricMatch) or mark.start < place.sentence.start:
            continue
        near = words_in(place.gap_before(mark)) <= _IN_UNITS_REACH
        own = any(m.value is match for m in place.before())
        if near and own and not match.weak and match.metric.id in _IN_UNITS:
            ships = not place.quantity.counted or not place.quantity.counted.isascii()
            return unnamed("orders" if ships else _IN_UNITS[match.metric.id])
    return None


_IN_UNITS_REACH = 8


def _in_another_clause(match: MetricMatch, place: Place) -> bool:
    """Whether a semicolon parts a metric from a count with a measure word of its own."""
    for mark in place.back():
        if mark.value is match:
            return False
        if mark.kind == "break" and mark.weight == 3:
            return True
    return False


# How near a counted metric leads up to its number, in words.
_NEAR = 3


def _leads_up(match: MetricMatch, place: Place) -> bool:
    """Whether a counted metric stands right before its number: 衛星數量擴展至 150 餘顆."""
    mark = next((m for m in place.before() if m.value is match), None)
    near = mark is not None and words_in(place.gap_before(mark)) <= _NEAR
    return near and match.metric.family == "count"


def _names(place: Place, metric_id: str) -> bool:
    return any(
        isinstance(m.value, MetricMatch) and m.value.metric.id == metric_id
        for m in place.sentence.marks
    )
