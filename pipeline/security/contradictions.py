"""Security settings that cannot go together.

A setting that would have no effect is one of them: who has set a password believes to be logged in.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings import Settings

_TLS = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_password", "ssl_password_file")
_LOGIN = ("sasl_username", "sasl_password", "sasl_password_file")
_ENDPOINT = (
    "oauth_token_url",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_client_secret_file",
    "oauth_scope",
    "oauth_cafile",
)
_OAUTH = ("oauth_token_file", *_ENDPOINT)
_SECRETS = (
    "ssl_password",
    "sasl_password",
    "oauth_client_secret",
    "translator_key",
    "webhook_secret",
)


def contradiction_in(settings: "Settings") -> str | None:
    """Give one line about the first contradiction; it names the variables. None without any."""
    return (
        _twice(settings)
        or _without_effect(settings)
        or _certificate(settings)
        or (_login(settings) if settings.security_protocol.startswith("SASL_") else None)
    )


def _twice(settings: "Settings") -> str | None:
    for name in _SECRETS:
        if getattr(settings, name) and getattr(settings, f"{name}_file"):
            return f"{_variable(name)} and {_variable(name)}_FILE are both set; expected one"
    return None


def _without_effect(settings: "Settings") -> str | None:
    protocol = settings.security_protocol
    for names, has_effect, lacking, right in (
        (_TLS, protocol in ("SSL", "SASL_SSL"), "no TLS", "SSL or SASL_SSL"),
        (
            ("sasl_mechanism", *_LOGIN, *_OAUTH),
            protocol.startswith("SASL_"),
            "no login",
            "SASL_SSL or SASL_PLAINTEXT",
        ),
    ):
        given = _first_given(settings, names)
        if given and not has_effect:
            return (
                f"{_variable(given)} is set, but CALLFACTS_SECURITY_PROTOCOL is {protocol}, which "
                f"has {lacking}; expected {right} there, or nothing here"
            )
    return None


def _certificate(settings: "Settings") -> str | None:
    given = _first_given(settings, ("ssl_keyfile", "ssl_password", "ssl_password_file"))
    if given and not settings.ssl_certfile:
        return f"{_variable(given)} is set, but CALLFACTS_SSL_CERTFILE is not; expected both"
    return None


def _login(settings: "Settings") -> str | None:
    mechanism = settings.sasl_mechanism
    because = f"CALLFACTS_SASL_MECHANISM is {mechanism}"
    if not mechanism:
        return (
            "CALLFACTS_SASL_MECHANISM is not set, but CALLFACTS_SECURITY_PROTOCOL is "
            f"{settings.security_protocol}; expected a mechanism, such as SCRAM-SHA-512"
        )
    others = _LOGIN if mechanism == "OAUTHBEARER" else _OAUTH
    given = _first_given(settings, others)
    if given:
        return f"{_variable(given)} is set, but {because}, which has no use for it"
    if mechanism == "OAUTHBEARER":
        return _token(settings, because)
    if not settings.sasl_username:
        return f"CALLFACTS_SASL_USERNAME is not set, but {because}; expected who logs in"
    if not (settings.sasl_password or settings.sasl_password_file):
        return (
            f"CALLFACTS_SASL_PASSWORD is not set, but {because}; expected it, or "
            "CALLFACTS_SASL_PASSWORD_FILE"
        )
    return None


def _token(settings: "Settings", because: str) -> str | None:
    given = _first_given(settings, _ENDPOINT)
    if settings.oauth_token_file:
        if given:
            return f"{_variable(given)} and CALLFACTS_OAUTH_TOKEN_FILE are both set; expected one"
        return None
    if not settings.oauth_token_url:
        return (
            f"CALLFACTS_OAUTH_TOKEN_FILE is not set, but {because}; expected it, or "
            "CALLFACTS_OAUTH_TOKEN_URL with a client"
        )
    if not settings.oauth_client_id:
        return "CALLFACTS_OAUTH_CLIENT_ID is not set, but CALLFACTS_OAUTH_TOKEN_URL is"
    if not (settings.oauth_client_secret or settings.oauth_client_secret_file):
        return (
            "CALLFACTS_OAUTH_CLIENT_SECRET is not set, but CALLFACTS_OAUTH_TOKEN_URL is; expected "
            "it, or CALLFACTS_OAUTH_CLIENT_SECRET_FILE"
        )
    return None


def _first_given(settings: "Settings", names: tuple[str, ...]) -> str | None:
    return next((name for name in names if getattr(settings, name)), None)


def _variable(name: str) -> str:
    return "CALLFACTS_" + name.upper()
