"""What has been told already, within a bounded memory."""

import hashlib


class Repeats:
    """Remembers the last so many identities, sixteen bytes of each; 0 remembers none."""

    def __init__(self, size: int) -> None:
        """Take how many to remember."""
        self._size = size
        self._told: dict[bytes, None] = {}

    def again(self, identity: bytes) -> bool:
        """Say whether an identity is among those remembered, and remember it as the latest."""
        if self._size <= 0:
            return False
        digest = hashlib.blake2b(identity, digest_size=16).digest()
        known = digest in self._told
        self._told.pop(digest, None)
        self._told[digest] = None
        if len(self._told) > self._size:
            del self._told[next(iter(self._told))]
        return known
