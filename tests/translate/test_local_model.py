import time
from pathlib import Path

import pytest

pytest.importorskip("ctranslate2")
pytest.importorskip("sentencepiece")
from tiny_model import make_model

from pipeline.settings import BadSetting, Settings
from pipeline.translate import translator_from
from pipeline.translate.cache import MemoryCache
from pipeline.translate.glossary import terms_of
from pipeline.translate.guarded import Guarded
from pipeline.translate.local_model import LocalModel
from pipeline.translate.translator import Ask

TEXT = "收入为13.2亿美元，同比增长20.2%。利润持平。"


def ask(text: str, *, again: bool = False) -> Ask:
    return Ask(text, "zh-Hans", terms_of(text, "zh-Hans"), again)


@pytest.fixture(scope="module")
def opus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("opus-mt-zh-en"))


@pytest.fixture(scope="module")
def nllb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("nllb"), multilingual=True)


@pytest.mark.parametrize("layout", ["opus", "nllb"])
def test_a_folder_of_either_layout_translates(layout: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(layout)
    here = translator_from(Settings(translator="ctranslate2", translator_model=str(folder)))
    assert here.translate([TEXT, "我们很高兴", ""], "zh-Hans") == [
        "Revenue was USD 1.32 billion, up 20.2%. Profit was flat.",
        "We are pleased",
        None,
    ]


def test_figures_go_in_as_english_first_and_as_they_are_the_second_time(opus: Path) -> None:
    model = LocalModel(opus)
    until = time.monotonic() + 30
    assert model.drafts([ask("收入为13.2亿美元")], until) == ["Revenue was USD 1.32 billion"]
    assert model.drafts([ask("收入为13.2亿美元", again=True)], until) == ["Revenue was 13.2亿美元"]


def test_what_a_model_babbles_is_not_passed_on(tmp_path: Path) -> None:
    engine = LocalModel(make_model(tmp_path, random=True))
    assert any(engine.drafts([ask(TEXT)], time.monotonic() + 30))
    here = Guarded(engine, timeout=30, cache=MemoryCache())
    assert here.translate([TEXT], "zh-Hans") == [None]


def test_when_time_is_up_the_rest_stays_untranslated(opus: Path) -> None:
    assert LocalModel(opus).drafts([ask(TEXT)], time.monotonic() - 1) == [None]


def test_a_text_that_cannot_be_cut_small_enough_is_left_alone(opus: Path) -> None:
    endless = "收入" * 300
    drafts = LocalModel(opus).drafts([ask(endless), ask("收入持平")], time.monotonic() + 30)
    assert drafts == [None, "Revenue was flat"]


def test_models_are_told_apart(opus: Path, nllb: Path) -> None:
    identities = {LocalModel(folder).identity for folder in (opus, nllb)}
    assert len(identities) == 2
    assert LocalModel(opus).identity in identities


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "target.spm"])
def test_a_folder_with_something_missing_says_what(missing: str, tmp_path: Path) -> None:
    make_model(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(BadSetting, match=rf"^CALLFACTS_TRANSLATOR_MODEL is .*no .*{missing}"):
        LocalModel(tmp_path)


def test_a_folder_with_a_broken_model_says_so(tmp_path: Path) -> None:
    make_model(tmp_path)
    (tmp_path / "model.bin").write_bytes(b"nothing of the kind")
    with pytest.raises(BadSetting, match="cannot be loaded"):
        LocalModel(tmp_path)
