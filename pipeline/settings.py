"""What can be set from outside: one object, read from ``CALLFACTS_*`` and from options.

This module imports nothing but the standard library's light parts, because every command reads it.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from pipeline.problem import Problem
from pipeline.secret import Secret
from pipeline.security.contradictions import contradiction_in

PREFIX = "CALLFACTS_"


MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN", "OAUTHBEARER")


class BadSetting(Problem):
    """A setting has a value that it cannot have: names the variable and what would be right."""

    exit_status = 2


class _UnshowableError(ValueError):
    """The value is wrong, and must not be repeated in what is said about it."""


def _addresses(value: str) -> str:
    addresses = [address.strip() for address in value.split(",")]
    if not all(
        re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[^\s:,]+):[0-9]{1,5}", each) for each in addresses
    ):
        raise ValueError("host:port, several separated by commas, such as 127.0.0.1:9092")
    return ",".join(addresses)


def _topic_prefix(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{0,100}", value):
        raise ValueError("at most 100 letters, digits, dots, dashes and underscores, such as test.")
    return value


def _group(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value):
        raise ValueError("1 to 100 letters, digits, dots, dashes and underscores")
    return value


def _count(most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
            raise ValueError(f"a whole number from 1 to {most}")
        return int(value)

    return read


def _port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65535:
        raise ValueError("a port from 1 to 65535, or 0 for none")
    return int(value)


def _address(value: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:_-]{1,253}", value):
        raise ValueError("an IP address or a host name, such as 127.0.0.1")
    return value


def _any_port(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65535:
        raise ValueError("a port from 1 to 65535, or 0 for any free one")
    return int(value)


def _host_names(value: str) -> str:
    names = [name.strip() for name in value.split(",")] if value.strip() else []
    if not all(re.fullmatch(r"[0-9A-Za-z._-]{1,253}", name) for name in names):
        raise ValueError("host names without ports, separated by commas, such as board.example.com")
    return ",".join(names)


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise ValueError("one of " + ", ".join(choice for choice in choices if choice))

    return read


def _folder(value: str) -> Path:
    if not value.strip():
        raise ValueError("the path of a folder")
    return Path(value).expanduser().absolute()


def _file(value: str) -> str:
    return value and str(Path(value).expanduser().absolute())


def _anything(value: str) -> str:
    return value.strip()


def _user(value: str) -> str:
    if not re.fullmatch(r"[^\x00-\x20\x7f=,]*", value):
        raise ValueError("a name without spaces, commas and equals signs")
    return value


def _secret(value: str) -> Secret:
    if not re.fullmatch(r"[!-~]*", value.strip()):
        raise _UnshowableError("visible ASCII characters without spaces")
    return Secret(value.strip())


def _password(value: str) -> Secret:
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise _UnshowableError("characters that are no controls, such as line ends")
    return Secret(value)


def _token_address(value: str) -> str:
    value = _web_address(value)
    if not re.match(r"https://|http://(127\.0\.0\.1|\[::1\]|localhost)[:/]|$", value):
        raise ValueError("an https address: only to this very machine may secrets go by http")
    return value


def _web_address(value: str) -> str:
    value = value.strip()
    if not value:
        return value
    if re.match(r"https?://[^/?#]*@", value):
        raise _UnshowableError("an address without a name or password in it")
    if not re.fullmatch(r"https?://[^\s/?#]+(?:[/?][^\s#]*)?", value):
        raise ValueError("an address such as https://127.0.0.1:8080/v1")
    return value


def _hosts(value: str) -> str:
    hosts = [each.strip().lower() for each in value.split(",") if each.strip()]
    if not all(re.fullmatch(r"(\*\.)?[a-z0-9_.-]{1,253}|[0-9a-f:]{2,45}", each) for each in hosts):
        raise ValueError(
            "host names separated by commas, such as hooks.example.com,*.desk.example.com"
        )
    return ",".join(hosts)


def _memory_or_file(value: str) -> str:
    return "memory" if value.strip().lower() in ("", "memory") else str(_folder(value))


def _users_cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if Path(root).is_absolute() else Path.home() / ".cache") / "callfacts"


def _setting(default: Any, read: Callable[[str], Any], meaning: str) -> Any:
    metadata = {"read": read, "meaning": meaning}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _secret_setting(read: Callable[[str], Secret], meaning: str) -> Any:
    return _setting(Secret(""), read, meaning)


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults; ``Settings.load`` reads the environment over them."""

    bootstrap_servers: str = _setting(
        "127.0.0.1:9092", _addresses, "Kafka brokers to ask first: host:port, separated by commas"
    )
    topic_prefix: str = _setting(
        "", _topic_prefix, "put before every topic and group name, so that several sets stand by"
    )
    security_protocol: str = _setting(
        "PLAINTEXT",
        _one_of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
        "how to speak with Kafka: with TLS (SSL), with a login (SASL), with both, with neither",
    )
    ssl_cafile: str = _setting(
        "", _file, "PEM file of the authorities to trust; left out, those of the system"
    )
    ssl_certfile: str = _setting("", _file, "PEM file of our own certificate, for mutual TLS")
    ssl_keyfile: str = _setting(
        "", _file, "PEM file of its key; left out, it is in the certificate's file"
    )
    ssl_password: Secret = _secret_setting(  # noqa: RUF009 - a field
        _password, "the key's password; never shown"
    )
    ssl_password_file: str = _setting("", _file, "file to read that password from")
    sasl_mechanism: str = _setting(
        "", _one_of("", *MECHANISMS), "how to log in: " + ", ".join(MECHANISMS)
    )
    sasl_username: str = _setting("", _user, "who logs in, with SCRAM and PLAIN")
    sasl_password: Secret = _secret_setting(  # noqa: RUF009 - a field
        _password, "their password; never shown"
    )
    sasl_password_file: str = _setting("", _file, "file to read that password from")
    oauth_token_file: str = _setting(
        "", _file, "with OAUTHBEARER: file with the token, read at each connection"
    )
    oauth_token_url: str = _setting(
        "", _token_address, "or: endpoint that gives tokens for client credentials"
    )
    oauth_client_id: str = _setting("", _anything, "the client, at that endpoint")
    oauth_client_secret: Secret = _secret_setting(  # noqa: RUF009 - a field
        _password, "its secret; never shown"
    )
    oauth_client_secret_file: str = _setting("", _file, "file to read that secret from")
    oauth_scope: str = _setting("", _anything, "what to ask for there, if anything")
    oauth_cafile: str = _setting(
        "", _file, "PEM file of the authorities to trust there; left out, those of the system"
    )
    partitions: int = _setting(
        8, _count(10_000), "partitions of every topic keyed by transcript: the most workers at once"
    )
    replication_factor: int = _setting(1, _count(100), "copies of every topic; 3 in production")
    worker_group: str = _setting(
        "callfacts", _group, "consumer group of the workers; they share the work within it"
    )
    log_level: str = _setting(
        "info", _one_of("debug", "info", "warning", "error"), "how much a worker logs"
    )
    log_format: str = _setting(
        "auto", _one_of("auto", "text", "json"), "json lines, text, or text on a terminal only"
    )
    metrics_port: int = _setting(
        0, _port, "where a worker serves /metrics, /healthz and /readyz; 0 is nowhere"
    )
    metrics_address: str = _setting(
        "127.0.0.1", _address, "the address of that port; the default is loopback only"
    )
    board_bind: str = _setting(
        "127.0.0.1", _address, "the address that the board is served at; the default is loopback"
    )
    board_port: int = _setting(9310, _any_port, "the port of the board; 0 is any free one")
    board_hosts: str = _setting(
        "", _host_names, "host names by which the board may be asked for, beside its addresses"
    )
    board_facts: int = _setting(1_000, _count(20_000), "how many of the last facts the board keeps")
    translator: str = _setting(
        "none",
        _one_of("none", "ctranslate2", "openai"),
        "who puts Chinese segments into English: nobody, a local model, or a chat endpoint",
    )
    translator_model: str = _setting(
        "", _anything, "folder of the CTranslate2 model, or name of the endpoint's model"
    )
    translator_url: str = _setting(
        "", _web_address, "OpenAI-compatible endpoint, such as https://127.0.0.1:8080/v1"
    )
    translator_key: Secret = _secret_setting(  # noqa: RUF009 - a field
        _secret, "the endpoint's key; never shown"
    )
    translator_key_file: str = _setting("", _file, "file to read that key from")
    translator_timeout: int = _setting(
        20, _count(600), "seconds that a part may wait for its English, all retries included"
    )
    translator_cache: str = _setting(
        "memory", _memory_or_file, "SQLite file that keeps translations, or memory: this process"
    )
    translator_segments: str = _setting(
        "quantities",
        _one_of("quantities", "all"),
        "which Chinese segments are translated: those with quantities, or all",
    )
    webhook_secret: Secret = _secret_setting(  # noqa: RUF009 - a field
        _secret, "signs alerts to webhooks; several, separated by commas, all sign; never shown"
    )
    webhook_secret_file: str = _setting("", _file, "file to read that secret from")
    webhook_hosts: str = _setting(
        "", _hosts, "hosts that alerts may be sent to, separated by commas; empty is any"
    )
    cache_dir: Path = _setting(  # noqa: RUF009 - it gives a field, as dataclasses.field does
        _users_cache, _folder, "where the local broker, its data and downloads are kept"
    )

    @classmethod
    def load(
        cls, environment: Mapping[str, str] | None = None, **options: str | None
    ) -> "Settings":
        """Read the settings; an option (by field name) that is not None goes before its variable.

        Raises ``BadSetting`` for a value that cannot be.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for each in fields(cls):
            option = options.get(each.name)
            source, value = variable_of(each.name), environment.get(variable_of(each.name))
            if option is not None:
                source, value = option_of(each.name), option
            if value is None:
                continue
            try:
                values[each.name] = each.metadata["read"](value)
            except _UnshowableError as error:
                raise BadSetting(f"{source} is not as it should be; expected {error}") from None
            except ValueError as error:
                raise BadSetting(f"{source} is {value!r}; expected {error}") from None
        settings = cls(**values)
        contradiction = contradiction_in(settings)
        if contradiction is not None:
            raise BadSetting(contradiction)
        return settings

    def secret(self, name: str) -> Secret:
        """Give a secret setting by its name: itself, or what is in the file that stands for it.

        A line end at the end of the file does not count. Raises ``BadSetting`` for a file that
        cannot be read or holds what the setting cannot be.
        """
        given: Secret = getattr(self, name)
        file = getattr(self, f"{name}_file")
        if given or not file:
            return given
        variable = variable_of(f"{name}_file")
        try:
            text = Path(file).read_text("utf-8").rstrip("\r\n")
            read: Secret = type(self).__dataclass_fields__[name].metadata["read"](text)
        except _UnshowableError as error:
            raise BadSetting(f"{variable}: what is in {file} should be {error}") from None
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no UTF-8 text"
            raise BadSetting(f"{variable} is {file!r}, which cannot be read: {reason}") from None
        if not read:
            raise BadSetting(f"{variable} is {file!r}, which is empty")
        return read

    def topic(self, name: str) -> str:
        """Give the name of a declared topic in the cluster, prefix included."""
        return self.topic_prefix + name


def variable_of(name: str) -> str:
    """Give the environment variable of a setting: ``CALLFACTS_TOPIC_PREFIX``."""
    return PREFIX + name.upper()


def option_of(name: str) -> str:
    """Give the command-line option of a setting: ``--topic-prefix``."""
    return "--" + name.replace("_", "-")


def documented() -> list[tuple[str, str, str]]:
    """List every setting: its variable, its default and what it means."""
    defaults = Settings()
    return [
        (variable_of(each.name), str(getattr(defaults, each.name)), str(each.metadata["meaning"]))
        for each in fields(Settings)
    ]


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """List the ``CALLFACTS_*`` variables that are no setting: typing mistakes, most likely."""
    known = {variable_of(each.name) for each in fields(Settings)}
    return sorted(
        variable
        for variable in environment
        if variable.startswith(PREFIX) and variable not in known | _NOT_SETTINGS
    )


_NOT_SETTINGS = frozenset({"CALLFACTS_TEST_BOOTSTRAP_SERVERS"})
