"""Webhooks: signatures, what is tried again, which addresses are allowed."""

import base64
import logging

import pytest
from receiver import SECRET, receiving

from pipeline.alerts.sink import RefusedError, RetryLaterError
from pipeline.alerts.webhook import Webhook, allowed, signature
from pipeline.problem import Problem
from pipeline.settings import BadSetting, Settings


def settings(secret: str = SECRET, hosts: str = "") -> Settings:
    return Settings.load({"CALLFACTS_WEBHOOK_SECRET": secret, "CALLFACTS_WEBHOOK_HOSTS": hosts})


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # The example of the specification.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = signature((secret,), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_alert_is_sent_signed_with_each_secret() -> None:
    other = "whsec_" + base64.b64encode(b"another secret of the desk").decode()
    with receiving() as receiver:
        Webhook(receiver.url + "/a?b=c", settings(f"{other},{SECRET}")).send("id-1", b"{}")
    (headers,) = receiver.headers
    assert receiver.accepted == [("id-1", {})]
    assert headers["webhook-id"] == headers["idempotency-key"] == "id-1"
    assert headers["content-type"] == "application/json"
    assert len(headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 401, 404, 408, 429, 500, 503, 0])
def test_what_may_pass_is_tried_again_and_redirects_are_not_followed(status: int) -> None:
    with receiving(lambda _: status) as receiver:
        receiver.retry_after = "7"
        with pytest.raises(RetryLaterError) as later:
            Webhook(receiver.url, settings()).send("id", b"{}")
        assert later.value.wait == (7 if status else None)
        assert receiver.requests == 1


@pytest.mark.parametrize("status", [400, 410, 413, 422])
def test_a_receiver_may_refuse_for_good(status: int) -> None:
    with receiving(lambda _: status) as receiver, pytest.raises(RefusedError, match=str(status)):
        Webhook(receiver.url, settings()).send("id", b"{}")


def test_nobody_there() -> None:
    with receiving() as receiver:
        url = receiver.url
    with pytest.raises(RetryLaterError, match="there was no answer"):
        Webhook(url, settings()).send("id", b"{}")


def test_the_secret_is_needed_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(BadSetting, match="CALLFACTS_WEBHOOK_SECRET is not set"):
        Webhook("https://example.com", settings(""))
    for wrong in ("tooshort", "whsec_no-base64!", "whsec_c2hvcnQ="):
        with pytest.raises(BadSetting) as problem:
            Webhook("https://example.com", settings(wrong))
        assert wrong not in str(problem.value)
    webhook = Webhook("https://example.com/T0K3N", settings())
    assert webhook.name == "webhook https://example.com"
    assert SECRET not in repr(settings()) + caplog.text


def test_only_hosts_on_the_list_where_there_is_one() -> None:
    assert allowed("anything.example", "")
    assert allowed("HOOKS.example.com.", "hooks.example.com")
    assert allowed("a.desk.example.com", "x,*.desk.example.com")
    for host in ("example.com", "evilhooks.example.com", "hooks.example.com.evil.net",
                 "desk.example.com", "127.0.0.1"):  # fmt: skip
        assert not allowed(host, "hooks.example.com,*.desk.example.com")
    with pytest.raises(Problem, match=r"evil\.net is not among CALLFACTS_WEBHOOK_HOSTS"):
        Webhook("https://evil.net/x", settings(hosts="hooks.example.com"))


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a", "https://", "https://a b", "https://u:p@a", "https://a\r\nX: y", "//a",
     "https://a#b", "https://a:0", "https://[::1", "https://a:99999", "javascript:alert(1)"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"it is no address|a name or password"):
        Webhook(url, settings())
