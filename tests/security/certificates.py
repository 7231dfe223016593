"""Certificates for tests: authorities, a server's for ``localhost``, clients' by their names."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Pair:
    """PEM files of a certificate and its key; ``both`` has the two."""

    certificate: Path
    key: Path
    both: Path


class Authority:
    """Signs certificates; ``file`` is its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        made = (
            _begun(self._name, self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(made.public_bytes(Encoding.PEM))

    def certificate(self, name: str, hosts: tuple[str, ...] = (), password: str = "") -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        building = _begun(_named(name), self._name, key.public_key())
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(each) for each in hosts])
            building = building.add_extension(names, critical=False)
        made = building.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        hidden = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
        files = [self._folder / f"{name}.{kind}.pem" for kind in ("certificate", "key", "both")]
        for file, content in zip(files, (made, secret, secret + made), strict=True):
            file.write_bytes(content)
        return Pair(*files)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    name: x509.Name, by: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
    )
