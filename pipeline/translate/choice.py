"""The translator that the settings ask for."""

import os
from functools import cache
from pathlib import Path

from pipeline.settings import BadSetting, Settings
from pipeline.translate.cache import Cache, FileCache, MemoryCache
from pipeline.translate.guarded import Guarded
from pipeline.translate.translator import Engine, Translator, Untranslated


def translator_from(settings: Settings) -> Translator:
    """Make the translator of these settings; the same one each time it is asked in a process.

    Loads a local model, and opens the cache; an endpoint is not tried. Raises ``BadSetting`` where
    a setting that the translator needs is missing or of no use.
    """
    return _of_process(settings, os.getpid())


@cache
def _of_process(settings: Settings, process: int) -> Translator:  # noqa: ARG001 - part of the key
    """Make one for each process: neither a model nor an open SQLite file outlives a fork."""
    if settings.translator == "none":
        return Untranslated()
    engine = _engine(settings)
    return Guarded(engine, timeout=settings.translator_timeout, cache=_cache(settings))


def _engine(settings: Settings) -> Engine:
    if settings.translator == "ctranslate2":
        from pipeline.translate.local_model import LocalModel

        _required(settings, "translator_model", "the folder of a CTranslate2 model")
        return LocalModel(Path(settings.translator_model).expanduser().absolute())
    from pipeline.translate.endpoint import Endpoint

    _required(settings, "translator_url", "an address such as https://127.0.0.1:8080/v1")
    _required(settings, "translator_model", "the name of a model that the endpoint serves")
    return Endpoint(
        settings.translator_url,
        model=settings.translator_model,
        key=settings.secret("translator_key"),
    )


def _required(settings: Settings, name: str, right: str) -> None:
    if not getattr(settings, name):
        raise BadSetting(
            f"CALLFACTS_{name.upper()} is not set, and CALLFACTS_TRANSLATOR is"
            f" {settings.translator!r}; expected {right}"
        )


def _cache(settings: Settings) -> Cache:
    if settings.translator_cache == "memory":
        return MemoryCache()
    return FileCache(Path(settings.translator_cache))
