"""Both client libraries against a real broker with TLS and logins; what they say when refused."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from certificates import Authority
from endpoint import Endpoint
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from secured import Secured

from pipeline.cli import run
from pipeline.secret import Secret
from pipeline.security.connection import for_aiokafka
from pipeline.security.refusals import refusal
from pipeline.settings import Settings
from pipeline.stream.clients import plain_producer, reader
from pipeline.stream.faustapp import stream_app
from pipeline.stream.worker import _environment
from topics import cluster

pytestmark = pytest.mark.broker

WAYS = [
    "SCRAM-SHA-512",
    "SCRAM-SHA-256",
    "PLAIN",
    "certificate",
    "certificate with password",
    "token",
]


def settings_of(secured: Secured, way: str) -> Settings:
    if way.startswith("SCRAM"):
        return secured.named("reached", way)
    if way == "PLAIN":
        return secured.plain()
    if way == "token":
        return secured.with_token("reached")
    return secured.certified("reached", "pa ss" if way.endswith("password") else "")


@pytest.mark.parametrize("way", WAYS)
def test_kafka_python_gets_in(secured: Secured, way: str) -> None:
    settings = settings_of(secured, way)
    with cluster.connected(settings) as admin:
        assert admin.describe_cluster()["cluster_id"]
    reader(settings).close()
    plain_producer(settings).close()


@pytest.mark.parametrize("way", WAYS)
def test_aiokafka_gets_in(secured: Secured, way: str) -> None:
    assert refusal(settings_of(secured, way)) is None


def test_a_password_with_a_file_of_its_own(secured: Secured, tmp_path: Path) -> None:
    settings = secured.named("reached")
    file = tmp_path / "password"
    file.write_text(settings.sasl_password.reveal() + "\n", "utf-8")
    with cluster.connected(
        replace(settings, sasl_password=Secret(""), sasl_password_file=str(file))
    ):
        pass


def test_a_token_of_an_endpoint(secured: Secured, endpoint: Endpoint) -> None:
    endpoint.gives(secured.issuer.token("reached"), 600)
    settings = replace(
        secured.with_token("reached"),
        oauth_token_file="",
        oauth_token_url=endpoint.url,
        oauth_client_id="us",
        oauth_client_secret=Secret("s3cr3t"),
    )
    with cluster.connected(settings):
        assert refusal(settings) is None
    assert len(endpoint.asked) == 1  # for both libraries


@pytest.mark.parametrize(
    ("way", "protocol"),
    [("SCRAM-SHA-512", "SASL_SSL"), ("certificate", "SSL"), ("token", "SASL_SSL")],
)
def test_faust_is_told_the_same(secured: Secured, way: str, protocol: str) -> None:
    told = credentials_to_aiokafka_auth(
        stream_app(settings_of(secured, way)).conf.broker_credentials
    )
    same = for_aiokafka(settings_of(secured, way))
    assert told["security_protocol"] == same["security_protocol"] == protocol
    assert told["ssl_context"].check_hostname is True
    assert told["ssl_context"].verify_mode is ssl.CERT_REQUIRED
    for name in ("sasl_mechanism", "sasl_plain_username", "sasl_plain_password"):
        assert told.get(name) == same.get(name)


def test_each_refusal_is_one_clear_line(secured: Secured, tmp_path: Path) -> None:
    scram, token = secured.named("reached"), secured.with_token("reached")
    another = str(Authority(tmp_path, "another").file)
    by_address = scram.bootstrap_servers.replace("localhost", "127.0.0.1")
    old = secured.issuer.token("reached").replace(".", ".e30", 1)
    (tmp_path / "forged").write_text(old, "utf-8")
    plain = Settings(bootstrap_servers=scram.bootstrap_servers)
    without = replace(secured.certified("reached"), ssl_certfile="", ssl_keyfile="")
    for settings, says in (
        (replace(scram, sasl_password=Secret("n0t-it")), "refuses the login by SCRAM-SHA-512"),
        (replace(scram, ssl_cafile=another), "not of an authority that is trusted"),
        (replace(scram, bootstrap_servers=by_address), "its certificate is not for this address"),
        (replace(scram, bootstrap_servers=token.bootstrap_servers), "offers no login by SCRAM"),
        (replace(token, oauth_token_file=str(tmp_path / "none")), "No such file"),
        (replace(token, oauth_token_file=str(tmp_path / "forged")), "it refuses the token"),
        (without, "CALLFACTS_SSL_CERTFILE"),
        (plain, "CALLFACTS_SECURITY_PROTOCOL is PLAINTEXT"),
    ):
        line = refusal(settings)
        assert line is not None, says
        assert says in line
        assert "\n" not in line
        assert "n0t-it" not in line


def test_a_worker_that_is_refused_ends_with_one_line(
    secured: Secured, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(secured.named("reached"), sasl_password=Secret("n0t-it"))
    for variable, value in _environment(wrong).items():
        monkeypatch.setenv(variable, value)
    assert run(["worker"]) == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"callfacts: Kafka at {wrong.bootstrap_servers} was not reached: ")
    assert "refuses the login by SCRAM-SHA-512" in line
    assert "n0t-it" not in line


def test_a_broker_that_is_away_is_told_as_before() -> None:
    away = Settings(bootstrap_servers="127.0.0.1:1")
    assert refusal(away) is None
