"""Metrics that Chinese notes put together of parts, where no list can hold all of them.

What one unit brings or costs (单票运输成本, 单瓦净利) and rows of expenses whose common word is
said once, at the end (销售、管理、研发、财务费用率).
"""

from collections.abc import Iterator

from pipeline.patterns import regex

_UNIT = (
    r"(?:票|件|车|台|杯|瓶|吨|箱|瓦时|瓦|片|只|头|公里|方|间|桶|度|公斤|斤|份|单|辆|部|套|颗|平米|平|户"
    r"|人次|位|柜|班|kwh|wh|kw|w|gw)"
)
_PER_UNIT = regex(
    rf"单{_UNIT}(?P<between>[\u4e00-\u9fff]{{0,6}}?)"
    r"(?P<head>均价|售价|价格|收入|营收|成本|费用|毛利(?!率)|净利润|净利(?!率)|利润(?!率)|盈利|净亏损|净亏|亏损|亏|扣非)"
)
_HEADS = {
    "均价": "average_selling_price", "售价": "average_selling_price",
    "价格": "average_selling_price", "收入": "revenue_per_unit", "营收": "revenue_per_unit",
    "成本": "cost_per_unit", "费用": "cost_per_unit", "毛利": "gross_profit_per_unit",
}  # fmt: skip
_LOSS = ("亏", "亏损")
# No unit at all: 单件 is one, 单位收入 and 单一客户收入 are other words.
_NO_UNIT = regex(r"单(?:位|台阶|方面|头在外)")
_KIND = "销售|营销|市场|推广|管理|行政|研发|财务"
_ELIDED = regex(
    rf"(?:(?:{_KIND})(?:[、/,，和与及]|以及)){{1,4}}(?=(?:{_KIND})(?P<of>费用率|费率|费用))"
)
_KINDS = regex(_KIND)
_SPENT = {"研发": "research_and_development"}
_FINANCIAL = {"费用": "interest_expense"}


def of_one_unit(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Give the place, the id and whether it is a loss, of what one unit brings in a folded text.

    >>> [found[2] for found in of_one_unit("单票运输成本0.34元")]
    ['cost_per_unit']
    """
    for match in _PER_UNIT.finditer(text):
        if _NO_UNIT.match(text, match.start()) is None:
            head = match["head"]
            yield (
                match.start(),
                match.end(),
                _HEADS.get(head, "profit_per_unit"),
                head.endswith(_LOSS),
            )


def elided_expenses(text: str) -> Iterator[tuple[int, int, str]]:
    """Give the place and the id of each expense of a row but the last in a folded text.

    >>> [found[2] for found in elided_expenses("销售、财务费用率分别为10%、1%")]
    ['selling_general_administrative']
    """
    for match in _ELIDED.finditer(text):
        for kind in _KINDS.finditer(text, match.start(), match.end()):
            yield kind.start(), kind.end(), _expense(kind[0], match["of"])


def _expense(kind: str, of: str) -> str:
    if kind == "财务":
        return _FINANCIAL.get(of, "financial_expense_ratio")
    return _SPENT.get(kind, "selling_general_administrative")
