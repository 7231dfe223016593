"""What a translator is, and what the engine inside one is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.segmented import Language


class Translator(Protocol):
    """Puts texts of one language into English; it may take its time, and blocks meanwhile."""

    identity: str

    def translate(self, texts: Sequence[str], source: Language) -> list[str | None]:
        """Give the English of each text in order; None where there is none (in time)."""
        ...


class Untranslated:
    """The translator that is none."""

    identity = "none"

    def translate(self, texts: Sequence[str], source: Language) -> list[str | None]:  # noqa: ARG002
        """Give None for each text."""
        return [None] * len(texts)


@dataclass(frozen=True, slots=True)
class Term:
    """What must come out as ``english`` where ``text[start:end]`` of an ``Ask`` stands.

    ``kind`` is ``figure``, ``name`` or ``metric``.
    """

    start: int
    end: int
    english: str
    kind: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One text for an engine, with its terms in order, without overlap.

    ``again`` is set the second time, after a draft that could not be used.
    """

    text: str
    source: Language
    terms: tuple[Term, ...]
    again: bool = False


class Engine(Protocol):
    """Makes drafts; ``Guarded`` makes a translator of it.

    ``identity`` changes with whatever changes the drafts: a cache keeps them under it.
    """

    identity: str

    def drafts(self, asks: Sequence[Ask], until: float) -> list[str | None]:
        """Give a draft for each ask, until ``time.monotonic()`` reaches ``until``.

        None says that there was no answer, "" that there was one which is of no use and that
        asking again may help.
        """
        ...
