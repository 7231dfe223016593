"""Translations that need not be made twice: in memory, or in an SQLite file for all processes."""

import hashlib
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pipeline.settings import BadSetting

_LOG = logging.getLogger("pipeline.translate")
_WAIT_SECONDS = 2.0
_ASKED_AT_ONCE = 500


def key_of(identity: str, source: str, text: str) -> bytes:
    """Give the key of a text's translation by one translator."""
    return hashlib.sha256("\0".join((identity, source, text)).encode("utf-8", "replace")).digest()


class Cache(Protocol):
    """Keeps English under keys; never fails, at worst it remembers nothing."""

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Give what is kept under these keys."""
        ...

    def keep(self, english: Mapping[bytes, str]) -> None:
        """Keep these."""
        ...


class MemoryCache:
    """The ``most`` translations used last, in this process."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Give what is kept under these keys, and count it as used."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def keep(self, english: Mapping[bytes, str]) -> None:
        """Keep these, and drop what was used longest ago."""
        with self._lock:
            for key, text in english.items():
                self._kept[key] = text
                self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


class FileCache:
    """Translations in an SQLite file that several processes may share; it only grows.

    Raises ``BadSetting`` where the file cannot be opened or is no SQLite file. Later failures (a
    full disk, a lock that is not given up) are logged, and nothing is remembered.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=_WAIT_SECONDS, check_same_thread=False)
            with self._connection:
                self._connection.execute(
                    "CREATE TABLE IF NOT EXISTS translations"
                    " (key BLOB PRIMARY KEY, english TEXT NOT NULL) WITHOUT ROWID"
                )
        except (OSError, sqlite3.Error) as error:
            raise BadSetting(
                f"CALLFACTS_TRANSLATOR_CACHE is {str(path)!r}, which cannot be used ({error});"
                " expected the path of an SQLite file, there or yet to be made, or memory"
            ) from None

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """Give what is kept under these keys."""
        found: dict[bytes, str] = {}
        try:
            with self._lock:
                for start in range(0, len(keys), _ASKED_AT_ONCE):
                    some = keys[start : start + _ASKED_AT_ONCE]
                    marks = ",".join("?" * len(some))
                    found.update(
                        self._connection.execute(
                            f"SELECT key, english FROM translations WHERE key IN ({marks})",  # noqa: S608 - only marks
                            some,
                        )
                    )
        except sqlite3.Error as error:
            _LOG.warning("the translation cache cannot be read: %s", error)
        return found

    def keep(self, english: Mapping[bytes, str]) -> None:
        """Keep these; what is there already stays."""
        try:
            with self._lock, self._connection:
                self._connection.executemany(
                    "INSERT OR IGNORE INTO translations VALUES (?, ?)", english.items()
                )
        except (sqlite3.Error, UnicodeError) as error:
            _LOG.warning("the translation cache cannot be written: %s", error)
