import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.settings import BadSetting
from pipeline.translate.cache import Cache, FileCache, MemoryCache
from pipeline.translate.guarded import Guarded
from pipeline.translate.translator import Ask


class Scripted:
    """An engine whose drafts for a text are given in advance, the last one for good."""

    def __init__(self, drafts: dict[str, list[str | None]], identity: str = "scripted") -> None:
        self.identity = identity
        self.asked: list[tuple[list[str], bool]] = []
        self._drafts = drafts

    def drafts(self, asks: Sequence[Ask], until: float) -> list[str | None]:
        assert until > time.monotonic()
        self.asked.append(([ask.text for ask in asks], asks[0].again))
        kept = [self._drafts[ask.text] for ask in asks]
        return [drafts.pop(0) if len(drafts) > 1 else drafts[0] for drafts in kept]


GOOD, WRONG = "Revenue was $1.32 billion", "Revenue was $13.2 billion"
TEXT, OTHER = "收入为13.2亿美元", "利润持平"


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    return MemoryCache() if request.param == "memory" else FileCache(tmp_path / "new" / "c.sqlite")


def test_only_what_has_faults_is_asked_for_again(cache: Cache) -> None:
    engine = Scripted({TEXT: [WRONG, GOOD], OTHER: ["Profit\n was flat "]})
    here = Guarded(engine, timeout=5, cache=cache)
    assert here.translate([TEXT, OTHER], "zh-Hans") == [GOOD, "Profit was flat"]
    assert engine.asked == [([TEXT, OTHER], False), ([TEXT], True)]


def test_what_is_wrong_twice_is_neither_given_nor_kept(cache: Cache) -> None:
    here = Guarded(Scripted({TEXT: [WRONG, WRONG, GOOD]}), timeout=5, cache=cache)
    assert here.translate([TEXT], "zh-Hans") == [None]
    assert here.translate([TEXT], "zh-Hans") == [GOOD]


def test_no_answer_is_not_asked_for_again_now_but_the_next_time(cache: Cache) -> None:
    engine = Scripted({TEXT: [None, GOOD]})
    here = Guarded(engine, timeout=5, cache=cache)
    assert here.translate([TEXT], "zh-Hans") == [None]
    assert len(engine.asked) == 1
    assert here.translate([TEXT], "zh-Hans") == [GOOD]


def test_the_cache_answers_for_the_same_translator_language_and_text_only(cache: Cache) -> None:
    engine, second = Scripted({TEXT: [GOOD]}), Scripted({TEXT: [GOOD]}, identity="second")
    here = Guarded(engine, timeout=5, cache=cache)
    assert [here.translate([TEXT], "zh-Hans") for _ in range(3)] == [[GOOD]] * 3
    assert len(engine.asked) == 1
    here.translate([TEXT], "zh-Hant")
    assert len(engine.asked) == 2
    Guarded(second, timeout=5, cache=cache).translate([TEXT], "zh-Hans")
    assert len(second.asked) == 1


def test_a_file_keeps_translations_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "translations.sqlite"
    Guarded(Scripted({TEXT: [GOOD]}), timeout=5, cache=FileCache(path)).translate([TEXT], "zh-Hans")
    later = Scripted({})
    here = Guarded(later, timeout=5, cache=FileCache(path))
    assert here.translate([TEXT], "zh-Hans") == [GOOD]
    assert later.asked == []


def test_memory_forgets_what_was_used_longest_ago() -> None:
    cache = MemoryCache(most=2)
    cache.keep({b"1": "one", b"2": "two"})
    cache.recall([b"1"])
    cache.keep({b"3": "three"})
    assert cache.recall([b"1", b"2", b"3"]) == {b"1": "one", b"3": "three"}


def test_many_keys_are_asked_for_at_once(tmp_path: Path) -> None:
    cache = FileCache(tmp_path / "c.sqlite")
    english = {str(number).encode(): str(number) for number in range(2000)}
    cache.keep(english)
    cache.keep(english)
    assert cache.recall(list(english)) == english


def test_a_cache_that_is_no_cache_is_a_bad_setting(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be taken for one " * 40)
    with pytest.raises(BadSetting, match=r"^CALLFACTS_TRANSLATOR_CACHE is .*expected"):
        FileCache(path)


def test_a_cache_that_breaks_later_only_forgets(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    cache = FileCache(path)
    path.write_bytes(b"broken " * 1000)
    engine = Scripted({TEXT: [GOOD]})
    assert Guarded(engine, timeout=5, cache=cache).translate([TEXT], "zh-Hans") == [GOOD]
