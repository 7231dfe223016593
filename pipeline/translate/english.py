"""The step that gives segments their English, beside the stages."""

import logging
from collections.abc import Iterable

from pipeline.translate.faults import faults
from pipeline.translate.glossary import with_currency
from pipeline.translate.translator import Translator, Untranslated
from schemas import NormalizedPart, NormalizedSegment
from schemas.segmented import Language

_LOG = logging.getLogger("pipeline.translate")
_CHINESE: tuple[Language, ...] = ("zh-Hans", "zh-Hant")


def with_english(
    part: NormalizedPart,
    translator: Translator,
    *,
    which: str = "quantities",
) -> NormalizedPart:
    """Give the part with ``english`` filled in where a Chinese segment has none.

    ``which`` is the setting ``translator_segments``: segments with quantities, or all of them.
    ``english`` stays null where the translator gives none, fails in any way, or changes a figure;
    nothing else is touched. Blocks as long as the translator does, so facts must not wait for it.
    """
    if isinstance(translator, Untranslated):
        return part
    english: dict[str, str] = {}
    waiting = without_english(part, which=which)
    for language in _CHINESE:
        wanted = [each for each in waiting if each.language == language]
        english |= _translated(wanted, language, translator)
    if not english:
        return part
    return part.model_copy(
        update={
            "segments": tuple(
                each.model_copy(update={"english": english[each.segment_id]})
                if each.segment_id in english
                else each
                for each in part.segments
            )
        }
    )


def without_english(part: NormalizedPart, *, which: str) -> list[NormalizedSegment]:
    """Give the segments that a translator is asked for."""
    return [
        each
        for each in part.segments
        if each.english is None
        and each.language in _CHINESE
        and (which == "all" or bool(each.quantities))
    ]


def _translated(
    segments: list[NormalizedSegment], language: Language, translator: Translator
) -> dict[str, str]:
    """Translate the segments, by id; what the translator breaks or gets wrong is left out."""
    if not segments:
        return {}
    texts = [with_currency(each.text, language, each.currency) for each in segments]
    try:
        drafts = translator.translate(texts, language)
        given = list(zip(segments, texts, drafts, strict=True))
    except Exception as error:  # noqa: BLE001 - whatever a translator does, the part goes on
        # Its message could hold a key or a whole text; its type says enough to begin with.
        _LOG.warning("%s failed: %s", translator.identity, type(error).__name__)
        return {}
    return dict(_sound(given, language, translator.identity))


def _sound(
    given: Iterable[tuple[NormalizedSegment, str, str | None]], language: Language, identity: str
) -> Iterable[tuple[str, str]]:
    for segment, text, draft in given:
        if draft is None:
            continue
        if found := faults(text, draft, language):
            _LOG.warning("%s: %s is left untranslated: %s", identity, segment.segment_id, found[0])
        else:
            yield segment.segment_id, draft
