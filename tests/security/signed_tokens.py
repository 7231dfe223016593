"""Signed tokens (RFC 7519) and the key set that a broker checks them with."""

import base64
import json
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AUDIENCE = "kafka-of-the-test"


class Issuer:
    """Signs tokens; ``keys`` is the file of its public key."""

    def __init__(self, folder: Path) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        numbers = self._key.public_key().public_numbers()
        public = {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": "test",
            "n": _written(numbers.n.to_bytes(256, "big")),
            "e": _written(numbers.e.to_bytes(3, "big")),
        }
        self.keys = folder / "jwks.json"
        self.keys.write_text(json.dumps({"keys": [public]}), "utf-8")

    def token(self, subject: str, seconds: float = 600) -> str:
        now = int(time.time())
        claims = {"sub": subject, "aud": AUDIENCE, "iat": now, "exp": now + int(seconds)}
        signed = ".".join(
            _written(json.dumps(each).encode())
            for each in ({"alg": "RS256", "typ": "JWT", "kid": "test"}, claims)
        )
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_written(signature)}"


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
