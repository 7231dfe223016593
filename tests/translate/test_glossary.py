import pytest

from pipeline.translate.glossary import protected, terms_of, with_currency
from pipeline.translate.translator import Ask
from schemas.segmented import Language


def terms(text: str, source: Language = "zh-Hans") -> dict[str, str]:
    return {text[term.start : term.end]: term.english for term in terms_of(text, source)}


def test_figures_names_and_metrics_come_with_their_english() -> None:
    assert terms("亚马逊的营业利润约13.2亿美元，毛利率提升2.3个百分点") == {
        "亚马逊": "Amazon",
        "营业利润": "operating income",
        "约13.2亿美元": "about USD 1.32 billion",
        "毛利率": "gross margin",
        "2.3个百分点": "2.3 percentage points",
    }
    assert terms("預計322~334億美元", "zh-Hant") == {
        "322~334億美元": "USD 32.2 billion to USD 33.4 billion"
    }


@pytest.mark.parametrize("text", ["利润翻倍", "数百亿美元", "三分之一", "43亿元"])
def test_what_number_and_unit_do_not_say_is_left_to_the_translator(text: str) -> None:
    assert not any(term.kind == "figure" for term in terms_of(text, "zh-Hans"))


def test_figures_and_names_are_put_in_and_metrics_are_not() -> None:
    text = "亚马逊营收为13.2亿美元，增长20%"
    ask = Ask(text, "zh-Hans", terms_of(text, "zh-Hans"))
    assert protected(ask) == "Amazon营收为USD 1.32 billion，增长20%"


@pytest.mark.parametrize(
    ("text", "source", "currency", "named"),
    [
        ("營收430億元，每股純益12.5元", "zh-Hant", "TWD", "營收430億新台幣，每股純益12.5新台幣"),
        ("营收43亿元，美国10亿美元", "zh-Hans", "CNY", "营收43亿人民币，美国10亿美元"),
        ("營收430億元", "zh-Hant", "HKD", "營收430億港元"),
        ("營收430億元", "zh-Hant", None, "營收430億元"),
        ("營收430億", "zh-Hant", "TWD", "營收430億"),
    ],
)
def test_a_bare_yuan_gets_the_name_of_its_currency(
    text: str, source: Language, currency: str | None, named: str
) -> None:
    assert with_currency(text, source, currency) == named
