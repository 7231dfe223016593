"""Tokens from files and from an endpoint."""

import base64
import time
from dataclasses import replace
from pathlib import Path

import pytest
from endpoint import Endpoint
from signed_tokens import Issuer

from pipeline.secret import Secret
from pipeline.security.tokens import EndpointTokens, FileTokens, NoToken
from pipeline.settings import Settings

SECRET = "s&cr=t %"


@pytest.fixture
def settings(endpoint: Endpoint) -> Settings:
    return Settings(
        security_protocol="SASL_SSL",
        sasl_mechanism="OAUTHBEARER",
        oauth_token_url=endpoint.url,
        oauth_client_id="our:selves",
        oauth_client_secret=Secret(SECRET),
        oauth_scope="kafka",
    )


def test_a_file_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "token"
    tokens = FileTokens(file)
    for content in ("one", "two"):
        file.write_text(f"{content}\n", "utf-8")
        assert tokens.token() == content


@pytest.mark.parametrize("content", ["", "two words", "a\x01auth=b", None])
def test_what_is_no_token_is_refused_and_not_shown(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(NoToken, match=r"^CALLFACTS_OAUTH_TOKEN_FILE") as problem:
        FileTokens(file).token()
    assert not content or content not in str(problem.value)


def test_an_expired_token_is_not_sent(tmp_path: Path) -> None:
    file, issuer = tmp_path / "token", Issuer(tmp_path)
    file.write_text(issuer.token("ann", -5), "utf-8")
    with pytest.raises(NoToken, match="expired"):
        FileTokens(file).token()
    file.write_text(issuer.token("ann", 600), "utf-8")
    assert FileTokens(file).token()


def test_the_endpoint_is_asked_as_the_standard_says_and_once(
    endpoint: Endpoint, settings: Settings
) -> None:
    endpoint.gives("t0k3n", 3600)
    tokens = EndpointTokens(settings)
    assert [tokens.token(), tokens.token()] == ["t0k3n", "t0k3n"]
    ((authorization, form),) = endpoint.asked
    assert form == {"grant_type": ["client_credentials"], "scope": ["kafka"]}
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"our%3Aselves:s%26cr%3Dt+%25"


def test_a_token_is_renewed_before_it_expires(
    endpoint: Endpoint, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    endpoint.gives("first", 100)
    tokens = EndpointTokens(settings)
    assert tokens.token() == "first"
    endpoint.gives("second", 100)
    now += 79
    assert tokens.token() == "first"
    now += 2
    assert tokens.token() == "second"
    endpoint.answer = (503, b"")
    now += 90  # to be renewed, but good
    assert tokens.token() == "second"
    now += 11
    with pytest.raises(NoToken, match="status 503"):
        tokens.token()


def test_without_a_lifetime_a_token_is_used_once(endpoint: Endpoint, settings: Settings) -> None:
    tokens = EndpointTokens(settings)
    for token in ("first", "second"):
        endpoint.gives(token, None)
        assert tokens.token() == token


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (401, b'{"error": "invalid_client", "x": "s&cr=t %"}', "status 401 (invalid_client)"),
        (500, b"<html>", "status 500"),
        (200, b"<html>", "does not answer in JSON"),
        (200, b"[]", "no JSON object"),
        (200, b'{"access_token": 7}', "gave no access_token"),
        (200, b'{"access_token": "a b"}', "gave no access_token"),
    ],
)
def test_a_refusal_is_one_line_without_the_secret(
    endpoint: Endpoint, settings: Settings, status: int, body: bytes, says: str
) -> None:
    endpoint.answer = (status, body)
    with pytest.raises(NoToken, match=r"^CALLFACTS_OAUTH_TOKEN_URL: http://127") as problem:
        EndpointTokens(settings).token()
    assert says in str(problem.value)
    assert SECRET not in str(problem.value)
    assert problem.value.__cause__ is None


def test_no_redirect_is_followed(endpoint: Endpoint, settings: Settings) -> None:
    endpoint.answer, endpoint.location = (302, b""), f"{endpoint.url}/elsewhere"
    with pytest.raises(NoToken, match="status 302"):
        EndpointTokens(settings).token()
    assert len(endpoint.asked) == 1


def test_an_endpoint_that_is_away_is_named(settings: Settings) -> None:
    away = replace(settings, oauth_token_url="http://127.0.0.1:1/token")
    with pytest.raises(NoToken, match=r"does not answer: .*refused"):
        EndpointTokens(away).token()
