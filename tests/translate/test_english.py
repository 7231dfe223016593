import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import chat_server
import pytest

from pipeline.batch import lines
from pipeline.secret import Secret
from pipeline.settings import BadSetting, Settings
from pipeline.stages import extract, normalize, segment
from pipeline.translate import Translator, Untranslated, translator_from, with_english
from schemas import NormalizedPart, TranscriptMessage
from schemas.segmented import Language

MESSAGE = TranscriptMessage(
    transcript_id="harbourline",
    text="港湾航运季度要点\n\n收入为13.2亿美元。\n\n我们很高兴。\n\nMargin was 45%.\n",
)
ENGLISH = {"收入为13.2亿美元。": "Revenue was $1.32 billion.", "我们很高兴。": "We are pleased."}


class WordList:
    """A translator that knows some texts and notes which it was asked for."""

    identity = "word list"

    def __init__(self, english: dict[str, str]) -> None:
        self._english = english
        self.asked: list[tuple[str, Language]] = []

    def translate(self, texts: Sequence[str], source: Language) -> list[str | None]:
        self.asked += [(text, source) for text in texts]
        return [self._english.get(text) for text in texts]


class Broken:
    """A translator that raises."""

    identity = "broken"

    def translate(self, texts: Sequence[str], source: Language) -> list[str | None]:
        raise RuntimeError("a message that holds a k3y")


class Short:
    """A translator that gives too few."""

    identity = "short"

    def translate(self, texts: Sequence[str], source: Language) -> list[str | None]:
        return ["Revenue was $1.32 billion."] * (len(texts) - 1)


def normalized(message: TranscriptMessage = MESSAGE) -> NormalizedPart:
    [part] = [normalize(each) for each in segment(message)]
    return part


def english_of(part: NormalizedPart) -> dict[str, str | None]:
    return {each.text: each.english for each in part.segments}


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[chat_server.ChatServer]:
    pytest.importorskip("aiohttp")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with chat_server.serving() as server:
        yield server


def test_chinese_segments_with_quantities_get_english_and_nothing_else_changes() -> None:
    part, translator = normalized(), WordList(ENGLISH)
    filled = with_english(part, translator)
    assert translator.asked == [("收入为13.2亿美元。", "zh-Hans")]
    assert english_of(filled)["收入为13.2亿美元。"] == "Revenue was $1.32 billion."
    assert english_of(filled)["我们很高兴。"] is None
    assert english_of(filled)["Margin was 45%."] == "Margin was 45%."
    without = [each.model_copy(update={"english": None}) for each in filled.segments]
    assert without == [each.model_copy(update={"english": None}) for each in part.segments]


def test_all_segments_are_translated_where_the_setting_says_so() -> None:
    filled = with_english(normalized(), WordList(ENGLISH), which="all")
    assert english_of(filled)["我们很高兴。"] == "We are pleased."


def test_a_paired_line_is_english_enough() -> None:
    message = TranscriptMessage(
        transcript_id="pairs",
        text="Revenue was $1.32 billion.\n收入为13.2亿美元。\n\nMargin was 45%.\n利润率为45%。\n",
    )
    translator = WordList({})
    part = normalized(message)
    assert with_english(part, translator, which="all") == part
    assert translator.asked == []


def test_a_bare_yuan_is_translated_as_the_money_that_it_is() -> None:
    message = TranscriptMessage(transcript_id="tw", text="台積電（2330）法說會\n\n營收430億元。\n")
    translator = WordList({"營收430億新台幣。": "Revenue was NT$43 billion."})
    assert english_of(with_english(normalized(message), translator))["營收430億元。"] == (
        "Revenue was NT$43 billion."
    )
    dollars = WordList({"營收430億新台幣。": "Revenue was $43 billion."})
    assert english_of(with_english(normalized(message), dollars))["營收430億元。"] is None


@pytest.mark.parametrize(
    "translator",
    [
        Broken(),
        Short(),
        WordList({}),
        WordList({"收入为13.2亿美元。": "Revenue was $13.2 billion."}),
    ],
)
def test_a_translator_that_fails_leaves_english_null(
    translator: Translator, caplog: pytest.LogCaptureFixture
) -> None:
    part = normalized()
    assert with_english(part, translator) == part
    assert "k3y" not in caplog.text


def test_without_a_translator_the_part_is_the_same() -> None:
    part = normalized()
    assert with_english(part, translator_from(Settings())) is part
    assert Untranslated().translate(["我们很高兴。"], "zh-Hans") == [None]


def test_facts_do_not_depend_on_english() -> None:
    part = normalized()
    filled = with_english(part, WordList(ENGLISH), which="all")
    assert filled != part
    assert extract(filled) == extract(part)


def test_normalized_lines_have_english_and_facts_do_not_ask_for_it(
    chat: chat_server.ChatServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLFACTS_TRANSLATOR", "openai")
    monkeypatch.setenv("CALLFACTS_TRANSLATOR_URL", chat.url)
    monkeypatch.setenv("CALLFACTS_TRANSLATOR_MODEL", "tiny")
    monkeypatch.setenv("CALLFACTS_TRANSLATOR_CACHE", str(tmp_path / "c.sqlite"))
    assert list(lines([MESSAGE], "facts"))
    assert chat.received == []
    rows = [json.loads(line) for line in lines([MESSAGE], "normalized")]
    assert {row["text"]: row["english"] for row in rows}["收入为13.2亿美元。"] == (
        "Revenue was $1.32 billion."
    )
    several = [json.loads(line) for line in lines([MESSAGE], "normalized", jobs=2)]
    assert several == rows
    assert len(chat.received) == 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(translator="openai", translator_model="m"), "CALLFACTS_TRANSLATOR_URL"),
        (Settings(translator="openai", translator_url="http://h"), "CALLFACTS_TRANSLATOR_MODEL"),
        (Settings(translator="ctranslate2"), "CALLFACTS_TRANSLATOR_MODEL"),
    ],
)
def test_a_missing_setting_is_named(settings: Settings, said: str) -> None:
    with pytest.raises(BadSetting, match=f"^{said} is not set, .*; expected"):
        translator_from(settings)


def test_one_translator_serves_a_process() -> None:
    pytest.importorskip("aiohttp")
    settings = Settings(translator="openai", translator_url="http://h", translator_model="m")
    assert translator_from(settings) is translator_from(settings)


def test_the_key_is_in_no_listing_error_or_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = Settings.load({"CALLFACTS_TRANSLATOR_KEY": "k3y"})
    assert settings.translator_key == Secret("k3y")
    assert settings.translator_key.reveal() == "k3y"
    logging.getLogger().info("%s %r", settings, settings.translator_key)
    assert "k3y" not in f"{settings} {settings!r} {settings.translator_key}{caplog.text}"
    for variable, value in (
        ("CALLFACTS_TRANSLATOR_KEY", "k3y with\nmore"),
        ("CALLFACTS_TRANSLATOR_URL", "https://me:k3y@host/v1"),
    ):
        with pytest.raises(BadSetting, match=f"^{variable} .*expected") as problem:
            Settings.load({variable: value})
        assert "k3y" not in str(problem.value)
