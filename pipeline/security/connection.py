"""What the client libraries are told about reaching Kafka, for both in one place."""

import logging
from typing import TYPE_CHECKING, Any

from pipeline.secret import Unshown
from pipeline.settings import BadSetting, Settings, variable_of

if TYPE_CHECKING:
    import ssl

    from faust.auth import Credentials


_TALKATIVE = ("kafka.protocol", "kafka.net", "aiokafka.conn")
"""Loggers that at debug level write out every byte that is sent, logins and transcripts too."""


def for_kafka_python(settings: Settings) -> dict[str, Any]:
    """Give the options that every client of kafka-python takes: where Kafka is, TLS, the login.

    Raises ``BadSetting`` where a file that a setting names is of no use.
    """
    servers = {"bootstrap_servers": settings.bootstrap_servers.split(",")}
    if settings.security_protocol == "PLAINTEXT":
        return servers
    options = servers | _options(settings)
    if settings.sasl_mechanism == "OAUTHBEARER":
        from pipeline.security.tokens import for_kafka_python as tokens_for

        options["sasl_oauth_token_provider"] = tokens_for(settings)
    return options


def for_aiokafka(settings: Settings) -> dict[str, Any]:
    """Give the options of TLS and the login as aiokafka's connections take them."""
    options = _options(settings)
    if settings.sasl_mechanism == "OAUTHBEARER":
        from pipeline.security.tokens import for_aiokafka as tokens_for

        options["sasl_oauth_token_provider"] = tokens_for(settings)
    return options


def for_faust(settings: Settings) -> dict[str, Any]:
    """Give all of it as options of a Faust app, whose clients are aiokafka's."""
    options: dict[str, Any] = {
        "broker": [f"kafka://{address}" for address in settings.bootstrap_servers.split(",")]
    }
    if settings.security_protocol != "PLAINTEXT":
        options["broker_credentials"] = _credentials(settings)
    return options


def tls(settings: Settings) -> "ssl.SSLContext":
    """Make the TLS context: the server's certificate and name are checked, ours is shown.

    Certificates are read now; a client that lives on does not notice when they are renewed.
    """
    import ssl

    context = ssl.create_default_context(cafile=None)
    if settings.ssl_cafile:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=authorities(settings, "ssl_cafile"))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ssl_certfile:
        _show_certificate(context, settings)
    return context


def authorities(settings: Settings, name: str) -> str:
    """Read the PEM file of authorities that a setting names; ``BadSetting`` if it is none."""
    import ssl

    text = _read(settings, name)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ssl.SSLError, ValueError):
        raise BadSetting(
            f"{variable_of(name)} is {getattr(settings, name)!r}, which holds no certificates; "
            "expected a PEM file"
        ) from None
    return text


def _show_certificate(context: "ssl.SSLContext", settings: Settings) -> None:
    import ssl

    files = {name: getattr(settings, name) for name in ("ssl_certfile", "ssl_keyfile")}
    for name in (name for name, file in files.items() if file):
        _read(settings, name)
    # Always given, if empty: without one OpenSSL would ask the terminal for the password.
    password = settings.secret("ssl_password").reveal()
    try:
        context.load_cert_chain(files["ssl_certfile"], files["ssl_keyfile"] or None, password)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or "its password is missing or wrong"
        raise BadSetting(
            f"{variable_of('ssl_certfile')} is {files['ssl_certfile']!r}, which cannot be used "
            f"with its key and CALLFACTS_SSL_PASSWORD ({reason}); expected PEM files that belong "
            "together"
        ) from None


def _read(settings: Settings, name: str) -> str:
    from pathlib import Path

    file = getattr(settings, name)
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise BadSetting(
            f"{variable_of(name)} is {file!r}, which cannot be read ({reason}); expected a PEM file"
        ) from None


def _options(settings: Settings) -> dict[str, Any]:
    """Give what the two libraries call by the same names."""
    options: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if _has_tls(settings):
        options["ssl_context"] = tls(settings)
    if _has_login(settings):
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)
        options["sasl_mechanism"] = settings.sasl_mechanism
        if settings.sasl_mechanism != "OAUTHBEARER":
            options["sasl_plain_username"] = settings.sasl_username
            options["sasl_plain_password"] = Unshown(settings.secret("sasl_password").reveal())
    return options


def _credentials(settings: Settings) -> "Credentials":
    from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials

    options = for_aiokafka(settings)
    context = options.get("ssl_context")
    if not _has_login(settings):
        return SSLCredentials(context)
    if settings.sasl_mechanism == "OAUTHBEARER":
        tokens = options["sasl_oauth_token_provider"]
        return OAuthCredentials(oauth_cb=tokens, ssl_context=context)
    return SASLCredentials(
        username=options["sasl_plain_username"],
        password=options["sasl_plain_password"],
        mechanism=settings.sasl_mechanism,
        ssl_context=context,
    )


def _has_tls(settings: Settings) -> bool:
    return settings.security_protocol in ("SSL", "SASL_SSL")


def _has_login(settings: Settings) -> bool:
    return settings.security_protocol in ("SASL_PLAINTEXT", "SASL_SSL")
