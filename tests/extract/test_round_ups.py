"""Round-ups of several companies: in running paragraphs, and in tables of companies by metric."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pipeline.stages import run
from schemas import Fact, TranscriptMessage

PARAGRAPHS = """物流三季报怎么看

快递观察站　2025年11月20日 09:30

旺季将至，几家公司的三季报都出齐了，数字摆在一起看，差别比想象中更大。

先看中通（ZTO.US），当季业务量90亿件，同比增长8%，单票收入1.21元，毛利率24.0%，经营现金流30亿元，去年同期28亿元。

全年业务量指引下调到380亿件，资本开支50亿元。

再看顺丰（002352.SZ）。三季度收入780亿元，同比增长8%，毛利率12.6%，同比-1.9pct，归母净利润26亿元，同比下降7%。

行业层面，三季度全国快递业务量490亿件，同比增长13%，价格同比下降5%，10月增速回落到8%。
"""

TABLE = """三家公司三季报

单位：亿元

公司｜收入｜同比｜调整后净利润｜同比
中通｜118.6｜+11.1%｜25.1｜+5.0%
顺丰｜784.0｜+8.2%｜22.3｜-14.2%
"""

BUSINESSES = """顺丰控股2025年三季报

分业务（百万元）｜2025Q3｜2024Q3｜同比
供应链｜18,500｜19,500｜-5.1%
国际｜9,000｜8,700｜3.4%
"""


def facts_of(text: str, published: str = "2025-11-20") -> list[Fact]:
    message = TranscriptMessage(
        transcript_id="t",
        text=text,
        published_at=datetime.fromisoformat(published).replace(tzinfo=UTC),
    )
    return [fact for part in run(message) for fact in part.facts]


@pytest.mark.parametrize(
    ("text", "company", "metric", "value"),
    [
        (PARAGRAPHS, "ZTO", "gross_margin", "24.0"),
        (PARAGRAPHS, "ZTO", "capex", "5000000000"),
        (PARAGRAPHS, "002352", "revenue", "78000000000"),
        (PARAGRAPHS, "002352", "gross_margin", "-1.9"),
        (PARAGRAPHS, None, "units", "49000000000"),
        (TABLE, "ZTO", "revenue", "11860000000"),
        (TABLE, "ZTO", "adjusted_net_income", "5.0"),
        (TABLE, "002352", "adjusted_net_income", "2230000000"),
        (TABLE, "002352", "revenue", "8.2"),
        (BUSINESSES, "002352", "revenue", "18500000000"),
        (BUSINESSES, "002352", "revenue", "-5.1"),
    ],
)
def test_whose_figure(text: str, company: str | None, metric: str, value: str) -> None:
    found = [f for f in facts_of(text) if f.value == Decimal(value) and f.metric == metric]
    assert [f.entity.id if f.entity else None for f in found] == [company]


def test_a_byline_is_no_heading() -> None:
    byline = "咖啡馆笔记　2025年11月18日 08:05"
    text = f"瑞幸三季报：增收不增利\n\n{byline}\n\n三季度总净收入152亿元，同比增长50%。\n"
    assert {fact.scope for fact in facts_of(text)} == {None}


@pytest.mark.parametrize(
    ("head", "company"),
    [
        (
            "晶合智芯科技股份有限公司投资者关系活动记录表\n证券代码：688901　证券简称：晶合智芯",
            "688901",
        ),
        ("调研纪要：某光伏龙头三季报交流\n公司简称：天合光能", "688599"),
        ("晶泰控股（02228.HK）中期业绩会要点", "2228"),
    ],
)
def test_particulars_declare_the_company(head: str, company: str) -> None:
    found = facts_of(f"{head}\n\n第三季度，公司实现营收12.5亿元，同比增长20%。\n")
    assert {fact.entity.id if fact.entity else None for fact in found} == {company}


def test_bracketed_names_head_what_follows() -> None:
    text = (
        "晨会纪要20251031：两家公司点评\n\n"
        "【北方华创】Q3收入111亿元，利润率承压\n前三季度营收273亿元，同比增长33%，归母净利润51亿元。\n\n"
        "【绿城服务】（2869.HK）中期收入稳健\n上半年收入92.9亿元，同比增长6.1%，毛利率20%。\n"
    )
    found = {str(fact.value): fact.entity.id if fact.entity else None for fact in facts_of(text)}
    assert found["27300000000"] == "002371"
    assert found["20"] == "2869"


CODED = """创新药三季报对照：百济稳了，再鼎慢了

药圈　2025-11-14

金额如无说明都是美元。

ONC 百济神州（11月6日披露）
  • 总收入13.9亿美元（约99亿元），同比+38%

ZLAB 再鼎医药（11月6日披露）
  • 总收入1.2亿，同比增12%

小结
  1. 现金：百济40亿，再鼎8.3亿
"""

WEAK_NAMES = """航運三雄第三季財報：長榮賺最多，萬海毛利掉最快

2025/11/14

三家單季稅後純益約新台幣320億元。

◆ 長榮（2603）
 ‧ 營收960億元

◆ 萬海（2615）
 ‧ 營收330億元
"""

BRACKETED = """三大航三季报速评

2025-10-31

【国航】三季度利润30亿元
• 营收480亿元，同比+1.9%

【南航】净利润35亿元
• 营收500亿元，同比+2.8%

小结：合同负债，两家合计40亿
"""


@pytest.mark.parametrize(
    ("text", "company", "metric", "value", "unit"),
    [
        (CODED, "ONC", "revenue", "1390000000", "USD"),
        (CODED, "ONC", "revenue", "9900000000", "CNY"),
        (CODED, "ZLAB", "revenue", "12", "percent"),
        (CODED, "ONC", "cash", "4000000000", "USD"),
        (CODED, "ZLAB", "cash", "830000000", "USD"),
        (BRACKETED, "0753", "revenue", "1.9", "percent"),
        (BRACKETED, "1055", "revenue", "50000000000", "CNY"),
        (BRACKETED, None, "contract_liabilities", "4000000000", "CNY"),
        (WEAK_NAMES, None, "net_income", "32000000000", "TWD"),
        (WEAK_NAMES, "2603", "revenue", "96000000000", "TWD"),
    ],
)
def test_companies_as_headings_name_them(
    text: str, company: str | None, metric: str, value: str, unit: str
) -> None:
    found = [f for f in facts_of(text) if f.value == Decimal(value) and f.metric == metric]
    assert [(f.entity.id if f.entity else None, f.unit) for f in found] == [(company, unit)]


HALVES = """新茶饮中报对比

2025-08-29

【蜜雪冰城 2097.HK】
  ✦ 收入140亿元，加盟店占98%以上
【茶百道 2555.HK】
  ✦ 收入24亿元，经调净利3.1亿元
看点：两家半年合计收入164亿元
"""


def test_interim_round_ups_report_on_the_half_year() -> None:
    found = {str(fact.value): fact for fact in facts_of(HALVES, "2025-08-29")}
    told = {value: (f.metric, f.period and f.period.label) for value, f in found.items()}
    assert told == {
        "14000000000": ("revenue", "2025H1"),
        "98": ("stores", "2025H1"),
        "2400000000": ("revenue", "2025H1"),
        "310000000.0": ("adjusted_net_income", "2025H1"),
        "16400000000": ("revenue", "2025H1"),
    }
    assert found["16400000000"].entity is None
