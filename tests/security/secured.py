"""A real broker with TLS, logins and ACLs, on which nobody may do anything unless allowed.

It listens four times: without TLS for the test itself, which is its administrator, and on
``localhost`` with SCRAM, with OAuth tokens and with client certificates.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from certificates import Authority
from signed_tokens import AUDIENCE, Issuer

from pipeline.broker import Extra, jvm, readiness, start, stop
from pipeline.secret import Secret
from pipeline.settings import Settings
from topics import cluster

PASSWORDS = {"SCRAM-SHA-512": "long-secret-512", "SCRAM-SHA-256": "long-secret-256"}
PLAIN = ("plainly", "secret=of, a plain one")


@dataclass(frozen=True)
class Secured:
    """The broker, and settings of those who reach it."""

    folder: Path
    administrator: Settings
    authority: Authority
    issuer: Issuer
    ports: dict[str, int]

    def named(self, user: str, mechanism: str = "SCRAM-SHA-512") -> Settings:
        """Give the settings of a user who logs in by SCRAM, known to the broker from now on."""
        from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

        password = PASSWORDS[mechanism]
        way = ScramMechanism[mechanism.replace("-", "_")]
        with cluster.connected(self.administrator) as admin:
            admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion(user, way, password, iterations=4096)]
            )
        return replace(
            self._tls("scram"),
            security_protocol="SASL_SSL",
            sasl_mechanism=mechanism,
            sasl_username=user,
            sasl_password=Secret(password),
        )

    def plain(self) -> Settings:
        """Give the settings of the one user whose password is sent as it is, within TLS."""
        user, password = PLAIN
        return replace(
            self._tls("scram"),
            security_protocol="SASL_SSL",
            sasl_mechanism="PLAIN",
            sasl_username=user,
            sasl_password=Secret(password),
        )

    def certified(self, user: str, password: str = "") -> Settings:
        """Give the settings of a user who shows a certificate."""
        pair = self.authority.certificate(user, password=password)
        return replace(
            self._tls("mutual"),
            security_protocol="SSL",
            ssl_certfile=str(pair.certificate),
            ssl_keyfile=str(pair.key),
            ssl_password=Secret(password),
        )

    def with_token(self, user: str, seconds: float = 600) -> Settings:
        """Give the settings of a user who has a token in a file."""
        file = self.folder / f"{user}.token"
        file.write_text(self.issuer.token(user, seconds) + "\n", "utf-8")
        return replace(
            self._tls("oauth"),
            security_protocol="SASL_SSL",
            sasl_mechanism="OAUTHBEARER",
            oauth_token_file=str(file),
        )

    def _tls(self, listener: str) -> Settings:
        return replace(
            self.administrator,
            bootstrap_servers=f"localhost:{self.ports[listener]}",
            ssl_cafile=str(self.authority.file),
        )


@contextlib.contextmanager
def secured_broker(folder: Path) -> Iterator[Secured]:
    """Start one; skips where there is no Java to run it with."""
    cache = Settings().cache_dir
    missing = jvm.what_is_missing(cache)
    if missing:
        pytest.skip(f"a broker with TLS needs {missing}")
    authority, issuer = Authority(folder, "authority"), Issuer(folder)
    ports = {name: readiness.free_port() for name in ("scram", "oauth", "mutual")}
    server = authority.certificate("kafka", hosts=("localhost",)).both
    keys = issuer.keys.as_uri()
    extra = Extra(
        _properties(ports, server, authority.file, keys),
        (f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={keys}",),
    )
    running = start(folder / "kafka", cache=cache, port=0, how="jvm", extra=extra)
    try:
        administrator = Settings(bootstrap_servers=running.bootstrap_servers, partitions=2)
        yield Secured(folder, administrator, authority, issuer, ports)
    finally:
        stop(folder / "kafka", cache=cache)


def _properties(ports: dict[str, int], server: Path, authority: Path, keys: str) -> str:
    listeners = ",".join(f"{name.upper()}://127.0.0.1:{port}" for name, port in ports.items())
    advertised = listeners.replace("127.0.0.1", "localhost")
    security = "org.apache.kafka.common.security"
    oauth = f"{security}.oauthbearer.OAuthBearer"
    return f"""
listeners=BROKER://127.0.0.1:$port,{listeners},CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=BROKER://127.0.0.1:$port,{advertised}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,SCRAM:SASL_SSL,\\
  OAUTH:SASL_SSL,MUTUAL:SSL
ssl.keystore.type=PEM
ssl.keystore.location={server}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
listener.name.mutual.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512,SCRAM-SHA-256,PLAIN
listener.name.scram.plain.sasl.jaas.config={security}.plain.PlainLoginModule required \\
  user_{PLAIN[0]}="{PLAIN[1]}";
listener.name.scram.scram-sha-512.sasl.jaas.config={security}.scram.ScramLoginModule required;
listener.name.scram.scram-sha-256.sasl.jaas.config={security}.scram.ScramLoginModule required;
listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.oauth.oauthbearer.sasl.jaas.config={oauth}LoginModule required;
listener.name.oauth.oauthbearer.sasl.server.callback.handler.class={oauth}ValidatorCallbackHandler
sasl.oauthbearer.jwks.endpoint.url={keys}
sasl.oauthbearer.expected.audience={AUDIENCE}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
