"""Secrets in what client libraries log: nothing of them, even when everything is logged."""

import asyncio
import logging

import pytest
from secured import PASSWORDS, Secured

from pipeline.secret import Unshown
from pipeline.security.refusals import _failure
from pipeline.settings import Settings
from topics import cluster

pytestmark = pytest.mark.broker


def secrets_of(settings: Settings, secured: Secured) -> list[str]:
    if settings.oauth_token_file:
        return [(secured.folder / "leaky.token").read_text("utf-8").strip()]
    return [*PASSWORDS.values()]


def test_a_text_that_is_not_shown_is_what_it_is() -> None:
    text = Unshown("s3cr3t")
    assert (text, text.encode(), f"{text}") == ("s3cr3t", b"s3cr3t", "s3cr3t")
    assert (
        f"{[text]} {text!r} { ({'password': text}) }"
        == "['(hidden)'] '(hidden)' {'password': '(hidden)'}"
    )


@pytest.mark.parametrize("way", ["SCRAM-SHA-512", "token"])
def test_logs_of_the_libraries_hold_no_secret(
    secured: Secured, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = secured.with_token("leaky") if way == "token" else secured.named("leaky", way)
    with caplog.at_level(logging.DEBUG):
        with cluster.connected(settings) as admin:
            admin.list_topics()
        host, _, port = settings.bootstrap_servers.rpartition(":")
        assert asyncio.run(_failure(settings, host, int(port))) is None
    assert caplog.records
    for secret in secrets_of(settings, secured):
        leaks = [each.name for each in caplog.records if secret in each.getMessage()]
        assert not leaks
