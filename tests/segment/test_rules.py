"""Single rules: marks, names, sides, sections, defaults, boilerplate, context."""

import pytest

from pipeline.segment import segment
from pipeline.segment.defaults import declared_currency, declared_growth_basis, home_currency
from pipeline.segment.marks import read_mark
from pipeline.segment.roles import side_of
from pipeline.segment.sections import section_of
from pipeline.segment.titles import is_name
from schemas.segmented import DocumentContext, Segment
from schemas.transcript import TranscriptMessage


def read(text: str, **fields: str) -> list[Segment]:
    message = TranscriptMessage.model_validate({"transcript_id": "t", "text": text, **fields})
    return [found for part in segment(message) for found in part.segments]


def context(text: str, **fields: str) -> DocumentContext:
    message = TranscriptMessage.model_validate({"transcript_id": "t", "text": text, **fields})
    return next(segment(message)).context


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("• 交付", "bullet", "交付"),
        ("-2% q/q", "none", "-2% q/q"),
        ("- 2% q/q", "bullet", "2% q/q"),
        ("1.5 billion more", "none", "1.5 billion more"),
        ("2.1 亿元的目标", "none", "2.1 亿元的目标"),
        ("2.1 云业务", "number", "云业务"),
        ("3.8 吉瓦", "none", "3.8 吉瓦"),
        ("1、AWS", "number", "AWS"),
        ("1.核心业务", "number", "核心业务"),
        ("第一，投入", "none", "第一，投入"),
        ("（二）海外", "number", "海外"),
        ("① 手机", "number", "手机"),
        ("(3)%", "none", "(3)%"),
        ("(7.2) million", "none", "(7.2) million"),
        ("## Margin ##", "heading", "Margin"),
        ("【业绩要点】", "heading", "业绩要点"),
        ("▍二、展望", "heading", "展望"),
        ("2025年收入", "none", "2025年收入"),
    ],
)
def test_marks(line: str, kind: str, words: str) -> None:
    mark = read_mark(line)
    assert (mark.kind, line[mark.begin : mark.end]) == (kind, words)


@pytest.mark.parametrize(
    ("title", "side"),
    [
        ("Senior VP & CFO", "company"),
        ("Director of IR", "company"),
        ("Senior MD & Head of Internet Research", "analyst"),
        ("Vice President, Goldman Sachs", "analyst"),
        ("EVP, Research and Development", "company"),
        ("首席執行官", "company"),
        ("摩根士丹利", "analyst"),
        ("MD", None),
        ("Senior Vice President", None),
    ],
)
def test_sides(title: str, side: str | None) -> None:
    assert side_of(title) == side


@pytest.mark.parametrize(
    "name", ["Dana Wu", "J.P. O'Neil", "Marco De Santis", "周明远", "提姆·庫克"]
)
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "words", ["Cloud", "Revenue grew 5%", "毛利率", "the quarter", "核心优势", "成本"]
)
def test_no_names(words: str) -> None:
    assert not is_name(words)


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Questions & Answers", "qa"),
        ("問答環節", "qa"),
        ("Prepared Remarks", "prepared"),
        ("管理层发言", "prepared"),
        ("三十秒看重點", "summary"),
        ("展望（重點來了）", None),
        ("雲業務", None),
    ],
)
def test_sections(heading: str, section: str | None) -> None:
    assert section_of(heading) == section


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("营收955亿元(人民币，下同)", "CNY"),
        ("金额默认人民币", "CNY"),
        ("币别没特别写的都是新台币", "TWD"),
        ("除另有注明外，金额单位为港元", "HKD"),
        ("all figures in us dollars", "USD"),
        ("净利20亿美元，同比增长", None),
    ],
)
def test_declared_currency(words: str, code: str | None) -> None:
    assert declared_currency(words) == code


@pytest.mark.parametrize(
    ("words", "basis"),
    [
        ("y/y unless we say q/q", "yoy"),
        ("q/q unless stated", "qoq"),
        ("如无说明，增速均为环比", "qoq"),
        ("如无说明，增速都是跟去年同期比", "yoy"),
        ("unless otherwise noted, comparisons are sequential", "qoq"),
        ("收入环比增长5%", "yoy"),
    ],
)
def test_declared_growth_basis(words: str, basis: str) -> None:
    assert declared_growth_basis(words) == basis


def test_home_currency_needs_wording() -> None:
    assert home_currency("按年升 6%，派息 0.3 港元") == "HKD"
    assert home_currency("nothing") is None


@pytest.mark.parametrize(
    "line",
    [
        "Our remarks include forward-looking statements and actual results may differ materially.",
        "本報告只供專業投資者參考，不構成任何投資建議。",
        "© 2025 Larkspur Press. All rights reserved.",
        "A replay will be available for 30 days under passcode 1234567.",
        "中文譯文由機器翻譯產生，未經人工校對。",
        "（轉載請聯絡編輯部）",
    ],
)
def test_boilerplate(line: str) -> None:
    assert read(f"收入增長。\n{line}")[-1].boilerplate


@pytest.mark.parametrize(
    "line",
    [
        "On a non-GAAP measures basis, revenue grew 11% to $2.1 billion.",
        "Subscribers pay on average $9 a month, up 4%.",
        "廣告收入 12 億元，年增 9%。",
        "客戶訂閱收入佔營收三成。",
        "長約為資本支出提供一定的前瞻性。",
        "Rev $2.1bn vs $2.0bn cons",
    ],
)
def test_results_are_never_boilerplate(line: str) -> None:
    assert not any(found.boilerplate for found in read(f"Lead.\n{line}"))


def test_offsets_survive_byte_order_marks_and_carriage_returns() -> None:
    text = "\ufeffLead line here.\r\n\r\n  Revenue was $5.\r\n"
    assert [found.text for found in read(text)] == ["Lead line here.", "Revenue was $5."]


def test_a_hint_names_the_company_and_unknown_fields_travel_on() -> None:
    message = TranscriptMessage.model_validate(
        {"transcript_id": "t", "text": "Sales rose.", "entity": "AMZN.US", "desk": "tech"}
    )
    part = next(segment(message))
    assert part.context.company is not None
    assert part.context.company.id == "AMZN"
    assert part.transcript.extra == {"desk": "tech"}


@pytest.mark.parametrize(
    ("title", "code", "name"),
    [
        ("Quillback Energy, Inc. (QBK)\nFirst Quarter 2025 Call", "QBK", "Quillback Energy"),
        ("Quillback Energy (QBK US) 1H25 results", "QBK", "Quillback Energy"),
        ("嶺南電氣（8271 HK）中期業績點評：派息靠譜", "8271", "嶺南電氣"),
        ("岭南电气（608271.SH）2025年中报点评", "608271", "岭南电气"),
    ],
)
def test_an_unknown_company_is_named_by_its_title(title: str, code: str, name: str) -> None:
    found = context(f"{title}\n\nOperator\nWelcome.")
    assert found.company is not None
    assert (found.company.id, found.company.name) == (code, name)


def test_a_round_up_by_tickers_has_no_company() -> None:
    text = (
        "Infrastructure notes: ANET / VRT\n\nANET › numbers\n  • Revenue $1.9B, YoY +17%\n\n"
        "VRT › orders\n  • Organic orders +40% YoY\n"
    )
    assert next(segment(TranscriptMessage(transcript_id="t", text=text))).context.company is None


def test_a_round_up_has_no_company() -> None:
    text = (
        "云厂商汇总\n\nMSFT\n\n  • 收入增长18%\n\nGOOG\n\n  • 收入增长15%\n\nAMZN\n\n  • 收入增13%"
    )
    assert context(text).company is None


def test_the_publisher_writes_what_nobody_says() -> None:
    message = TranscriptMessage.model_validate(
        {"transcript_id": "t", "text": "收入增长。", "source": {"publisher": "灯塔财经"}}
    )
    speaker = next(segment(message)).segments[0].speaker
    assert speaker is not None
    assert (speaker.name, speaker.side) == ("灯塔财经", "publisher")


def test_a_line_of_its_own_is_no_title() -> None:
    (only,) = read("七成客戶已續約")
    assert only.kind == "paragraph"


def test_remarks_begin_under_their_heading_after_a_list_of_people() -> None:
    found = read(
        "Larkfield Stores Q2 2025 Earnings Call\n\nCompany Participants\nDana Wu - CEO\n"
        "Lee Park - CFO\n\nPresentation\nOperator\nGood day, and welcome.\n\nDana Wu - CEO\n"
        "Thank you. Sales were $4 million.\n"
    )
    assert [s.text for s in found if s.kind == "heading"][-1] == "Presentation"
    assert [s.speaker.side for s in found if s.kind == "turn"] == ["operator", "company"]


def test_paragraphs_of_prose_go_through_companies() -> None:
    filler = "It was a long call, and the questions kept coming back to the same two subjects. " * 2
    found = context(
        "Notes from a busy week\n\n"
        f"Shopify opened the week. Sales rose 31% to $2.8 billion. {filler}\n\n"
        f"Unlike Shopify, Etsy had little to show: sales rose 2%. {filler}\n\n"
        f"The surprise was Tarnbeck Mills, a spinning company in Lancashire. {filler}\n"
    )
    assert found.company is None
    assert [each.company.id for each in found.companies] == ["SHOP", "ETSY", "Tarnbeck Mills"]


def test_chevrons_over_bullets_head_companies() -> None:
    text = ">> Visa (V) | Buy | PT $390\n* Rev 10.7bn\n>> Mastercard (MA) | Hold\n* Rev 8.6bn\n"
    found = read(f"PAYMENTS DAILY | Q3\n{text}")
    assert [s.kind for s in found[1:]] == ["heading", "bullet", "heading", "bullet"]
    assert found[-1].heading_path == ("Mastercard (MA) | Hold",)


def test_tickers_set_off_head_companies() -> None:
    found = context(
        "Desk notes\n\nSHOP | Shopify 3Q25: beat | Buy\n- Revenue 2.8bn\n- GMV 92bn\n\n"
        "LIN | Linde 3Q25: in line | Hold\n- Sales 8.6bn\n- EPS 4.21\n"
    )
    assert [each.company.id for each in found.companies] == ["SHOP", "LIN"]
    text = "AI 基建筆記\n\nANET › 財務\n  • 營收 23 億\n\nVRT › 訂單\n  • 訂單年增 60%\n"
    assert [each.company.id for each in context(text).companies] == ["ANET", "VRT"]
