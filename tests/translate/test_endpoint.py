import json
import logging
import time
from collections.abc import Iterator
from email.utils import formatdate

import chat_server
import pytest
from chat_server import ChatServer, fenced, raw, replies, slow, status

from pipeline.secret import Secret
from pipeline.translate.cache import MemoryCache
from pipeline.translate.guarded import Guarded
from pipeline.translate.rest import Rest

pytest.importorskip("aiohttp")
from pipeline.translate.endpoint import Endpoint

KEY = "k3y-that-nobody-sees"
REVENUE, ITS_ENGLISH = "收入为13.2亿美元。", "Revenue was $1.32 billion."
FLAT = "利润持平。"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def chat() -> Iterator[ChatServer]:
    with chat_server.serving() as server:
        yield server


def translator(chat: ChatServer, timeout: float = 60, rest: Rest | None = None) -> Guarded:
    engine = Endpoint(chat.url, model="tiny", key=Secret(KEY), first_wait=0.01, rest=rest)
    return Guarded(engine, timeout=timeout, cache=MemoryCache())


def test_texts_are_translated_in_their_order_and_asked_for_once(chat: ChatServer) -> None:
    here = translator(chat)
    assert here.translate([REVENUE, FLAT, REVENUE, " "], "zh-Hans") == [
        ITS_ENGLISH,
        "Profit was flat.",
        ITS_ENGLISH,
        None,
    ]
    assert here.translate([FLAT], "zh-Hans") == ["Profit was flat."]
    assert chat.texts() == [[REVENUE, FLAT]]


def test_the_request_names_model_and_terms(chat: ChatServer) -> None:
    translator(chat).translate(["毛利率提升2.3个百分点。"], "zh-Hans")
    [(path, _, body)] = chat.received
    request = json.loads(body)
    assert path == "/v1/chat/completions"
    assert (request["model"], request["temperature"]) == ("tiny", 0)
    assert chat_server.passages(request)["1"]["terms"] == {
        "毛利率": "gross margin",
        "2.3个百分点": "2.3 percentage points",
    }


def test_an_answer_in_a_code_fence_is_read(chat: ChatServer) -> None:
    chat.behaviours = [fenced]
    assert translator(chat).translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]


def test_a_slow_answer_is_not_waited_for(chat: ChatServer) -> None:
    chat.behaviours = [slow(90)]
    began = time.monotonic()
    assert translator(chat, timeout=0.3).translate([REVENUE], "zh-Hans") == [None]
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_passes_is_tried_again(chat: ChatServer, code: int) -> None:
    chat.behaviours = [status(code), status(code)]
    assert translator(chat).translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]
    assert len(chat.received) == 3


@pytest.mark.parametrize("dated", [False, True])
def test_retry_after_is_kept_to(chat: ChatServer, dated: bool) -> None:
    until = int(time.time()) + 2
    value = formatdate(until, usegmt=True) if dated else "1"
    chat.behaviours = [status(429, {"Retry-After": value})]
    began = time.monotonic()
    assert translator(chat).translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]
    assert time.time() >= until if dated else time.monotonic() - began >= 1


def test_a_retry_after_beyond_the_deadline_ends_it_at_once(chat: ChatServer) -> None:
    chat.behaviours = [status(429, {"Retry-After": "90"})]
    began = time.monotonic()
    assert translator(chat).translate([REVENUE], "zh-Hans") == [None]
    assert time.monotonic() - began < 50
    assert len(chat.received) == 1


@pytest.mark.parametrize(
    "bad",
    [
        raw(b"{"),
        raw(b"[" * 100_000),
        raw(b'{"choices": []}'),
        replies("I cannot do that."),
        replies('{"1": "Revenue was $1.32 billion."'),
        replies('{"1": 7, "2": "Profit was flat."}'),
        replies('{"1": "Revenue was $1.32 billion."}'),
        replies('{"1": "Revenue was $1.32 billion.", "2": "Profit was flat.", "3": "And"}'),
    ],
)
def test_an_answer_that_is_malformed_or_of_a_wrong_count_is_asked_for_again(
    chat: ChatServer, bad: chat_server.Behaviour
) -> None:
    chat.behaviours = [bad]
    assert translator(chat).translate([REVENUE, FLAT], "zh-Hans") == [
        ITS_ENGLISH,
        "Profit was flat.",
    ]
    assert chat.texts() == [[REVENUE, FLAT]] * 2


def test_after_answers_that_make_no_sense_each_text_is_asked_for_by_itself(
    chat: ChatServer,
) -> None:
    chat.behaviours = [replies("no")] * 4
    assert translator(chat).translate([REVENUE, FLAT], "zh-Hans") == [
        ITS_ENGLISH,
        "Profit was flat.",
    ]
    assert sorted(chat.texts()[4:]) == sorted([[REVENUE], [FLAT]])


def test_a_changed_figure_is_asked_for_again_and_then_rejected(
    chat: ChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = replies('{"1": "Revenue was $13.2 billion."}')
    chat.behaviours = [wrong]
    assert translator(chat).translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]
    chat.behaviours = [wrong, wrong]
    here = translator(chat)
    assert here.translate([REVENUE], "zh-Hans") == [None]
    assert "13.2亿美元 is lost" in caplog.text
    # What was rejected is not remembered.
    assert here.translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]


def test_a_model_without_a_temperature_of_ours_is_asked_without(chat: ChatServer) -> None:
    chat.behaviours = [status(400)]
    assert translator(chat).translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]
    assert ["temperature" in json.loads(body) for _, _, body in chat.received] == [True, False]


@pytest.mark.parametrize("code", [401, 403, 404, 302])
def test_a_refusal_is_not_tried_again_and_the_endpoint_rests(chat: ChatServer, code: int) -> None:
    now = [1000.0]
    here = translator(chat, rest=Rest(first=15, clock=lambda: now[0]))
    chat.behaviours = [status(code, {"Location": chat.url})]
    assert here.translate([REVENUE], "zh-Hans") == [None]
    assert here.translate([REVENUE], "zh-Hans") == [None]
    assert len(chat.received) == 1
    now[0] += 16
    assert here.translate([REVENUE], "zh-Hans") == [ITS_ENGLISH]


def test_requests_that_fail_together_are_one_failure(
    chat: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{number}号门店的利润持平。" for number in range(80)]
    monkeypatch.setattr(chat_server, "ENGLISH", dict.fromkeys(texts, "Profit was flat."))
    chat.behaviours = [status(500)] * 16  # four requests, four attempts each
    here = translator(chat)
    assert here.translate(texts, "zh-Hans") == [None] * 80
    assert here.translate(texts, "zh-Hans") != [None] * 80


def test_all_requests_learn_at_once_that_the_model_takes_no_temperature(
    chat: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"位于北京的{name}店利润持平。" for name in "甲乙丙丁戊己庚辛壬癸" * 6]
    texts = [text + "。" * number for number, text in enumerate(texts)]
    monkeypatch.setattr(chat_server, "ENGLISH", dict.fromkeys(texts, "Profit in Beijing was flat."))

    def choosy(request: dict[str, object]) -> chat_server.Answer:
        return status(400)(request) if "temperature" in request else chat_server.well(request)

    chat.behaviours = [choosy] * 8
    assert None not in translator(chat).translate(texts, "zh-Hans")


def test_nobody_at_the_address_is_no_error(chat: ChatServer) -> None:
    gone = ChatServer(url="http://127.0.0.1:9/v1")
    assert translator(gone, timeout=1).translate([REVENUE], "zh-Hans") == [None]


def test_many_texts_go_in_several_requests(
    chat: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{number}号门店的利润持平。" for number in range(50)]
    monkeypatch.setattr(chat_server, "ENGLISH", dict.fromkeys(texts, "Profit of store was flat."))
    translator(chat).translate(texts, "zh-Hans")
    assert [len(some) for some in chat.texts()[:3]].count(20) >= 2
    assert {text for some in chat.texts() for text in some} == set(texts)


def test_the_key_travels_in_its_header_and_stands_nowhere_else(
    chat: ChatServer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    chat.behaviours = [
        status(500),
        raw(b"{"),
        lambda request: (401, {"Location": f"/{KEY}"}, KEY.encode()),
    ]
    here = translator(chat)
    assert here.translate([REVENUE], "zh-Hans") == [None]
    assert len(chat.received) == 3
    for _, headers, _ in chat.received:
        assert headers.pop("Authorization") == f"Bearer {KEY}"
        assert KEY not in str(headers)
    assert KEY not in chat.everything_but_headers()
    assert "HTTP status 401" in caplog.text
    printed = capsys.readouterr()
    assert KEY not in caplog.text + printed.out + printed.err + here.identity


def test_without_a_key_there_is_no_authorization(chat: ChatServer) -> None:
    engine = Endpoint(chat.url, model="tiny", key=Secret(""))
    Guarded(engine, timeout=60, cache=MemoryCache()).translate([REVENUE], "zh-Hans")
    assert "Authorization" not in chat.received[0][1]


@pytest.mark.parametrize("suffix", ["", "/", "/chat/completions"])
def test_the_address_may_be_given_with_or_without_its_path(chat: ChatServer, suffix: str) -> None:
    engine = Endpoint(chat.url + suffix, model="tiny", key=Secret(""))
    assert Guarded(engine, timeout=60, cache=MemoryCache()).translate([REVENUE], "zh-Hans") == [
        ITS_ENGLISH
    ]
    assert chat.received[0][0] == "/v1/chat/completions"
