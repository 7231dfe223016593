"""Security settings: contradictions, secrets from files, and who gets to see them."""

import logging
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from certificates import Authority
from click.testing import CliRunner

from pipeline.cli.settings import command
from pipeline.secret import Secret
from pipeline.security.connection import for_faust, for_kafka_python
from pipeline.settings import BadSetting, Settings, variable_of
from pipeline.stream import worker

SCRAM = {
    "SECURITY_PROTOCOL": "sasl_ssl",
    "SASL_MECHANISM": "scram-sha-512",
    "SASL_USERNAME": "ann",
    "SASL_PASSWORD": "pa ss",
}
TOKEN = {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_MECHANISM": "OAUTHBEARER"}
ENDPOINT = {
    **TOKEN,
    "OAUTH_TOKEN_URL": "https://login.example/token",
    "OAUTH_CLIENT_ID": "us",
    "OAUTH_CLIENT_SECRET": "s",
}
SECRETS = tuple(each.name for each in fields(Settings) if isinstance(each.default, Secret))


def loaded(given: dict[str, str]) -> Settings:
    return Settings.load({f"CALLFACTS_{name}": value for name, value in given.items()})


def test_by_default_nothing_is_secured_and_both_libraries_are_told_where_kafka_is() -> None:
    settings = Settings(bootstrap_servers="a:1,b:2")
    assert for_kafka_python(settings) == {"bootstrap_servers": ["a:1", "b:2"]}
    assert for_faust(settings) == {"broker": ["kafka://a:1", "kafka://b:2"]}


@pytest.mark.parametrize(
    ("given", "names", "says"),
    [
        ({"SSL_CAFILE": "/ca"}, "SSL_CAFILE", "is PLAINTEXT, which has no TLS"),
        ({"SASL_USERNAME": "ann"}, "SASL_USERNAME", "is PLAINTEXT, which has no login"),
        ({**SCRAM, "SECURITY_PROTOCOL": "SSL"}, "SASL_MECHANISM", "is SSL, which has no login"),
        ({**SCRAM, "SECURITY_PROTOCOL": "SASL_PLAINTEXT", "SSL_CAFILE": "/c"}, "SSL_CAFILE", "TLS"),
        ({**SCRAM, "SASL_MECHANISM": ""}, "SASL_MECHANISM", "such as SCRAM-SHA-512"),
        ({**SCRAM, "SASL_USERNAME": ""}, "SASL_USERNAME", "who logs in"),
        ({**SCRAM, "SASL_PASSWORD": ""}, "SASL_PASSWORD", "SASL_PASSWORD_FILE"),
        ({**SCRAM, "SASL_PASSWORD_FILE": "/p"}, "SASL_PASSWORD", "are both set"),
        ({**SCRAM, "OAUTH_TOKEN_FILE": "/t"}, "OAUTH_TOKEN_FILE", "no use for it"),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_KEYFILE": "/k"}, "SSL_KEYFILE", "CERTFILE is not"),
        (TOKEN, "OAUTH_TOKEN_FILE", "OAUTH_TOKEN_URL"),
        ({**TOKEN, "OAUTH_TOKEN_FILE": "/t", "SASL_USERNAME": "a"}, "SASL_USERNAME", "no use"),
        ({**ENDPOINT, "OAUTH_TOKEN_FILE": "/t"}, "OAUTH_TOKEN_URL", "are both set"),
        ({**ENDPOINT, "OAUTH_CLIENT_ID": ""}, "OAUTH_CLIENT_ID", "is not set"),
        ({**ENDPOINT, "OAUTH_CLIENT_SECRET": ""}, "OAUTH_CLIENT_SECRET", "CLIENT_SECRET_FILE"),
        ({**ENDPOINT, "OAUTH_TOKEN_URL": "http://login.example/"}, "OAUTH_TOKEN_URL", "https"),
        ({**SCRAM, "SASL_MECHANISM": "GSSAPI"}, "SASL_MECHANISM", "OAUTHBEARER"),
        ({"SECURITY_PROTOCOL": "TLS"}, "SECURITY_PROTOCOL", "SASL_SSL"),
        ({"TRANSLATOR_KEY": "k", "TRANSLATOR_KEY_FILE": "/k"}, "TRANSLATOR_KEY", "both"),
    ],
)
def test_a_contradiction_names_the_variable_and_what_is_wrong(
    given: dict[str, str], names: str, says: str
) -> None:
    with pytest.raises(BadSetting) as problem:
        loaded(given)
    line = str(problem.value)
    assert line.startswith(f"CALLFACTS_{names} ")
    assert says in line
    assert "\n" not in line
    assert "pa ss" not in line


def test_what_goes_together_is_taken() -> None:
    assert loaded(SCRAM).sasl_mechanism == "SCRAM-SHA-512"
    assert loaded(ENDPOINT).oauth_client_secret == Secret("s")
    for address in ("http://127.0.0.1:8080/token", "http://localhost/token"):
        assert loaded({**ENDPOINT, "OAUTH_TOKEN_URL": address}).oauth_token_url == address


def test_there_are_secrets_and_each_is_given_once() -> None:
    assert len(SECRETS) >= 5
    for name in SECRETS:
        with pytest.raises(BadSetting, match=rf"^CALLFACTS_{name.upper()} and .* both set"):
            loaded({name.upper(): "k3y", f"{name.upper()}_FILE": "/file"})


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_be_in_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("k3y\n", "utf-8")
    assert Settings(**{f"{name}_file": str(file)}).secret(name).reveal() == "k3y"
    assert Settings(**{name: Secret("given")}).secret(name).reveal() == "given"
    variable = variable_of(name) + "_FILE"
    for content, says in ((b"", "empty"), (b"k3y\nmore", "should be"), (b"\xff", "no UTF-8")):
        file.write_bytes(content)
        with pytest.raises(BadSetting, match=f"^{variable}.*{says}") as problem:
            Settings(**{f"{name}_file": str(file)}).secret(name)
        assert "k3y" not in str(problem.value)
    with pytest.raises(BadSetting, match=f"^{variable}.*No such file"):
        Settings(**{f"{name}_file": str(tmp_path / "none")}).secret(name)


def test_secrets_are_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(**{name: Secret("k3y") for name in SECRETS})
    with caplog.at_level(logging.INFO):
        logging.getLogger().info("%s %r %s", settings, settings, settings.sasl_password)
    assert "k3y" not in f"{settings} {settings!r} {caplog.text}"
    for name, value in SCRAM.items():
        monkeypatch.setenv(f"CALLFACTS_{name}", value)
    for output_format in ("jsonl", "table"):
        shown = CliRunner().invoke(command, ["--format", output_format])
        assert "pa ss" not in shown.output
        assert "(hidden)" in shown.output
    made = for_faust(loaded(SCRAM))
    assert "pa ss" not in f"{made} {made['broker_credentials']!r}"


def test_the_processes_of_a_worker_get_the_secrets_themselves() -> None:
    settings = Settings(**{name: Secret("k3y") for name in ("translator_key",)})
    script = (
        "from pipeline.settings import Settings; s = Settings.load();"
        "print(s.translator_key.reveal(), s)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=worker._environment(settings),
        capture_output=True,
        text=True,
        check=True,
    )
    secret, shown = told.stdout.split(" ", 1)
    assert secret == "k3y"
    assert "k3y" not in shown
    assert Settings.load(worker._environment(loaded(SCRAM))) == loaded(SCRAM)


def test_certificates_that_are_of_no_use_are_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    one, other = authority.certificate("one"), authority.certificate("other")
    locked = authority.certificate("locked", password="pa ss")
    (tmp_path / "empty").write_text("", "utf-8")

    def problem(**files: object) -> str:
        with pytest.raises(BadSetting) as raised:
            for_kafka_python(Settings(security_protocol="SSL", **files))
        return str(raised.value)

    mutual = {"ssl_certfile": str(one.certificate), "ssl_keyfile": str(one.key)}
    assert problem(ssl_cafile="/none").startswith("CALLFACTS_SSL_CAFILE is '/none', which cannot")
    assert "holds no certificates" in problem(ssl_cafile=str(tmp_path / "empty"))
    assert "CALLFACTS_SSL_KEYFILE" in problem(**{**mutual, "ssl_keyfile": "/none"})
    assert "KEY_VALUES_MISMATCH" in problem(**{**mutual, "ssl_keyfile": str(other.key)})
    protected = {"ssl_certfile": str(locked.certificate), "ssl_keyfile": str(locked.key)}
    for password in ("", "other"):
        line = problem(**protected, ssl_password=Secret(password))
        assert line.startswith("CALLFACTS_SSL_CERTFILE")
        assert "CALLFACTS_SSL_PASSWORD" in line
    for good in (mutual, {"ssl_certfile": str(one.both)}):
        assert for_kafka_python(Settings(security_protocol="SSL", **good))["ssl_context"]
