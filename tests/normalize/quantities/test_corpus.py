"""Every line of the corpora is read as it says."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.normalize.quantities import find_quantities
from schemas.normalized import Quantity

HERE = Path(__file__).parent
SCALES = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}
NUMBER = r"-?[0-9.]+?(?:k|m|bn|tn)?"
EXPECTED = re.compile(
    rf"(?P<value>{NUMBER})?(?: ?\((?P<from>{NUMBER})\.\.(?P<until>{NUMBER})\))?"
    rf"(?:(?P<low>{NUMBER})?\.\.(?P<high>{NUMBER})?)? (?P<unit>\S+)"
    r"(?: (?P<qualifier>[a-z_]+))?(?: <(?P<counted>.+)>)?"
)
RANGE = re.compile(rf"(?P<low>{NUMBER})\.\.(?P<high>{NUMBER})? ")


def cases() -> list[tuple[str, str, str]]:
    found = []
    for name, language in (("corpus_en.tsv", "en"), ("corpus_zh.tsv", "zh-Hans")):
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                text, _, expected = line.rpartition(" => ")
                found.append((language, text, expected))
    return found


def amount(written: str | None) -> Decimal | None:
    if not written:
        return None
    number, scale = re.fullmatch(r"(-?[0-9.]+)([a-z]*)", written).groups()
    return Decimal(number) * SCALES[scale]


def read(expected: str) -> dict[str, object]:
    match = re.fullmatch(
        rf"(?:(?P<low>{NUMBER})\.\.(?P<high>{NUMBER})?"
        rf"|(?P<value>{NUMBER})(?: \((?P<from>{NUMBER})\.\.(?P<until>{NUMBER})\))?)"
        r" (?P<unit>\S+)(?: (?P<qualifier>[a-z_]+))?(?: <(?P<counted>.+)>)?",
        expected,
    )
    assert match, f"a corpus line expects {expected!r}, which is no quantity"
    unit = match["unit"]
    default = "exact" if match["value"] else "between" if match["high"] else "at_least"
    return {
        "value": amount(match["value"]),
        "low": amount(match["low"] or match["from"]),
        "high": amount(match["high"] or match["until"]),
        "unit": None if unit in ("number", "?") else unit,
        "qualifier": match["qualifier"] or default,
        "counted": match["counted"],
    }


def shown(quantity: Quantity) -> dict[str, object]:
    return {
        key: getattr(quantity, key)
        for key in ("value", "low", "high", "unit", "qualifier", "counted")
    }


@pytest.mark.parametrize(("language", "text", "expected"), cases())
def test_line(language: str, text: str, expected: str) -> None:
    currency = None
    if tag := re.match(r"\[(\S+)(?: (\S+))?\] ", text):
        language, currency = tag[1], tag[2]
        text = text[tag.end() :]
    found = find_quantities(text, language=language, currency=currency)
    wanted = [] if expected == "-" else [read(part) for part in expected.split("; ")]
    assert [shown(quantity) for quantity in found] == wanted
