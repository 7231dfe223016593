"""A translator out of an engine: cache, deadline, and nothing passed on that changes a figure."""

import logging
import time
from collections.abc import Sequence

from pipeline.translate.cache import Cache, key_of
from pipeline.translate.faults import faults
from pipeline.translate.glossary import terms_of
from pipeline.translate.translator import Ask, Engine
from schemas.segmented import Language

_LOG = logging.getLogger("pipeline.translate")
_SHOWN = 3


class Guarded:
    """Asks the engine for what the cache does not hold, and once again where a draft has faults.

    ``timeout`` is in seconds and for one call of ``translate`` as a whole. Only translations
    without faults are given and kept. May be called from several threads.
    """

    def __init__(self, engine: Engine, *, timeout: float, cache: Cache) -> None:
        self._engine = engine
        self._timeout = timeout
        self._cache = cache
        self.identity = engine.identity

    def translate(self, texts: Sequence[str], source: Language) -> list[str | None]:
        """Give the English of each text in order; None where there is none in time, or a bad one.

        Blocks for up to the timeout: within an event loop, call it through ``asyncio.to_thread``.
        """
        until = time.monotonic() + self._timeout
        keys = {text: key_of(self.identity, source, text) for text in texts if text.strip()}
        kept = self._cache.recall(list(keys.values()))
        english = {text: kept[key] for text, key in keys.items() if key in kept}
        asks = [Ask(text, source, terms_of(text, source)) for text in keys if text not in english]
        if asks:
            made = self._made(asks, until)
            english |= made
            self._cache.keep({keys[text]: draft for text, draft in made.items()})
        return [english.get(text) for text in texts]

    def _made(self, asks: list[Ask], until: float) -> dict[str, str]:
        made: dict[str, str] = {}
        wrong = self._first_or_second(asks, until, made)
        if wrong and time.monotonic() < until:
            again = [Ask(ask.text, ask.source, ask.terms, again=True) for ask in wrong]
            wrong = self._first_or_second(again, until, made)
        if wrong:
            _LOG.warning(
                "%s: %d of %d translations rejected: %s",
                self.identity,
                len(wrong),
                len(asks),
                "; ".join(list(wrong.values())[:_SHOWN]),
            )
        return made

    def _first_or_second(
        self, asks: list[Ask], until: float, made: dict[str, str]
    ) -> dict[Ask, str]:
        """Add the good drafts to ``made`` and give the others with what is wrong with them."""
        wrong: dict[Ask, str] = {}
        drafts = self._engine.drafts(asks, until)
        for ask, draft in zip(asks, drafts, strict=True):
            if draft is None:
                continue
            tidy = " ".join(draft.split())
            if found := faults(ask.text, tidy, ask.source):
                wrong[ask] = ", ".join(found[:_SHOWN])
            else:
                made[ask.text] = tidy
        return wrong
