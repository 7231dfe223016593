from datetime import date

import pytest

from pipeline.normalize.periods import infer_call_day, infer_reporting_period


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("head", "published", "year_end", "label"),
    [
        ("Blue Harbor Q2 2023 Financial Results Conference Call", "2023-08-04", 12, "2023Q2"),
        ("晨峰科技2025Q3業績會紀要", "2025-11-02", 12, "2025Q3"),
        ("Fiscal 2026 First Quarter Conference Call", "2025-09-10", 5, "2025Q3"),
        ("截至6月底的2025财年，公司收入超过100亿元", "2025-08-02", 6, "2025Q2"),
        ("好麦公佈 2025 財年第四季業績", "2025-09-26", 8, "2025Q3"),
        ("For the 16 weeks ended August 31, net sales rose", "2025-09-26", 8, "2025Q3"),
        ("在12月份季度，公司回购了3亿元", "2025-02-21", 3, "2024Q4"),
        ("第三季列賬基準利潤 73 億，較第二季好", "2025-10-29", 12, "2025Q3"),
        ("the third quarter twenty twenty five interview", "2025-10-22", 12, "2025Q3"),
        ("公司公布第三季度营收", "2025-02-21", 3, "2024Q4"),
        (
            "fiscal 2024 fourth quarter of a shop that counts from its start",
            "2025-03-01",
            1,
            "2025Q1",
        ),
        ("上半年收入50亿元", "2025-08-20", 12, "2025H1"),
        ("中期業績點評。截至6月底止上半年，期內收益 50 億元", "2025-08-14", 12, "2025H1"),
        (
            "友和保險中期業績點評：上半年新業務價值升 14%，第二季單季升 15%",
            "2025-08-22",
            12,
            "2025H1",
        ),
        ("上半年收入升 5%。項目｜1H25｜1H24。第二季收入升 6%", "2025-08-22", 12, "2025H1"),
        ("第二季收入 30 億元，上半年 60 億元", "2025-08-22", 12, "2025Q2"),
        ("去年上半年受疫情影響，第三季收入 30 億元", "2025-10-29", 12, "2025Q3"),
        (
            "海天地產全年業績點評\n截至六月底止年度，溢利 200 億元",
            "2025-09-05",
            6,
            "2024-07..2025-06",
        ),
        ("海天銀行全年指引上調\n第四季收入 20 億元", "2026-02-05", 12, "2025Q4"),
        ("Interim results. In the period revenue rose 5%.", "2025-08-14", 12, "2025H1"),
        ("No time is named here.", "2025-10-29", 12, "2025Q3"),
        ("Q3 2024 results", None, 12, "2024Q3"),
        ("2025-11-28 第三季度交付", None, 12, "2025Q3"),
        ("Larkfield Stores Q2 FY2026 Earnings Call", "2025-09-04", None, "2025Q3"),
        ("Larkfield Tools fourth quarter fiscal 2025", "2025-08-12", None, "2025Q2"),
        ("Larkfield Foods first quarter of fiscal year 2026", "2026-01-29", None, "2025Q4"),
        ("Larkfield Rail Q3 FY2025", "2025-10-30", None, "2025Q3"),
    ],
)
def test_reporting_period(
    head: str, published: str | None, year_end: int | None, label: str
) -> None:
    found = infer_reporting_period(head, published=day(published), fiscal_year_end=year_end)
    assert found is not None
    assert found.label == label


def test_a_hint_decides() -> None:
    head = "Q2 2023 results"
    assert infer_reporting_period(head, published=None, hint="2025Q3").label == "2025Q3"
    assert infer_reporting_period(head, published=None, hint="2025H1").label == "2025Q2"
    assert infer_reporting_period(head, published=None, hint="Q1 2025").label == "2025Q1"
    assert infer_reporting_period(head, published=None, hint="latest").label == "2023Q2"


def test_nothing_known_gives_nothing() -> None:
    assert infer_reporting_period("Revenue was $3 billion.", published=None) is None
    assert infer_call_day("Revenue was $3 billion.", None) is None


@pytest.mark.parametrize(
    ("head", "published", "expected"),
    [
        (
            "First Quarter Conference Call | September 9, 2025, 5:00 PM ET",
            "2025-09-10",
            "2025-09-09",
        ),
        ("收市價：108 港元（10 月 28 日） 2025 年 10 月 29 日", "2025-10-29", "2025-10-28"),
        ("11月28日晚，公司召开电话会", "2025-11-29", "2025-11-28"),
        ("昨晚盘前，公司交出了三季度成绩单", "2025-11-18", "2025-11-17"),
        ("前天晚间披露三季报，昨日股价跌5%", "2025-11-18", "2025-11-16"),
        ("昨天和朋友喝咖啡，聊起这家公司", "2025-11-18", "2025-11-18"),
        ("third quarter interview it is october twenty first", "2025-10-22", "2025-10-21"),
        ("For the 16 weeks ended August 31, sales rose", "2025-09-26", "2025-09-26"),
        ("as of September 30 we held $4 billion", "2025-10-15", "2025-10-15"),
        ("founded on May 3, 2011", "2025-10-22", "2025-10-22"),
        ("三家公司披露财报，按9月30日汇率折算", "2025-11-28", "2025-11-28"),
        ("September 30, 2025 earnings call", "2025-10-01", "2025-09-30"),
        ("September 9, 2025 conference call", None, "2025-09-09"),
    ],
)
def test_call_day(head: str, published: str | None, expected: str) -> None:
    assert infer_call_day(head, day(published)) == day(expected)
