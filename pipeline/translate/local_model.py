"""A local CTranslate2 model: OPUS-MT (Marian) or NLLB, with its SentencePiece models beside it."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.settings import BadSetting
from pipeline.translate.glossary import protected
from pipeline.translate.sentences import sentences
from pipeline.translate.translator import Ask
from schemas.segmented import Language

_ENGLISH = "eng_Latn"
_CHINESE = {"zh-Hans": "zho_Hans", "zh-Hant": "zho_Hant", "en": _ENGLISH, "und": "zho_Hans"}
_LONGEST_SENTENCE = 200
# Tokens of a draft against tokens of its sentence; what runs on beyond is no translation.
_DRAFT_FACTOR, _DRAFT_MORE = 2, 30
_SENTENCES_AT_ONCE = 16
_BEAM = 4
_SAMPLED_BYTES = 65536


class LocalModel:
    """An engine on this machine's processors.

    ``folder`` holds ``model.bin``, ``config.json`` and the vocabulary as CTranslate2's converters
    write them, and either ``source.spm`` and ``target.spm`` (OPUS-MT) or one SentencePiece model
    for both languages (NLLB: ``sentencepiece.bpe.model``). The second time round the text goes in
    as it is; the first time with its figures and names in English already.

    Raises ``BadSetting`` where packages or files are missing.
    """

    def __init__(self, folder: Path) -> None:
        files = _files(folder)
        ctranslate2, sentencepiece = _packages()
        self.identity = f"ctranslate2:{folder.name}:{_digest([folder / 'model.bin', *files])}"
        try:
            self._model = ctranslate2.Translator(str(folder), device="cpu")
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(files[0]))
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(files[-1]))
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, RuntimeError, ValueError) as error:
            raise BadSetting(
                f"CALLFACTS_TRANSLATOR_MODEL is {str(folder)!r}, which cannot be loaded: {error}"
            ) from None
        self._end = [] if config.get("add_source_eos") else [config.get("eos_token", "</s>")]
        self._multilingual = _names_languages(folder)

    def drafts(self, asks: Sequence[Ask], until: float) -> list[str | None]:
        """Translate sentence by sentence; texts that are not through when time is up give None."""
        texts = [ask.text if ask.again else protected(ask) for ask in asks]
        cut = [sentences(text, self._size, _LONGEST_SENTENCE) for text in texts]
        queue = [
            (index, ask.source, sentence)
            for index, (ask, pieces) in enumerate(zip(asks, cut, strict=True))
            for sentence in pieces or ()
        ]
        done: dict[int, list[str]] = {}
        for some in _batches(queue):
            if time.monotonic() >= until:
                break
            for (index, _, _), english in zip(some, self._batch(some), strict=True):
                done.setdefault(index, []).append(english)
        return [
            " ".join(done[index]) if pieces and len(done.get(index, ())) == len(pieces) else None
            for index, pieces in enumerate(cut)
        ]

    def _size(self, text: str) -> int:
        return len(self._source.encode(text))

    def _batch(self, some: Sequence[tuple[int, Language, str]]) -> Iterator[str]:
        tokens = [
            ([_CHINESE[source]] if self._multilingual else [])
            + self._source.encode(sentence, out_type=str)
            + self._end
            for _, source, sentence in some
        ]
        results = self._model.translate_batch(
            tokens,
            target_prefix=[[_ENGLISH]] * len(tokens) if self._multilingual else None,
            beam_size=_BEAM,
            max_decoding_length=_DRAFT_FACTOR * max(map(len, tokens)) + _DRAFT_MORE,
            disable_unk=True,
        )
        for result in results:
            pieces = [piece for piece in result.hypotheses[0] if piece != _ENGLISH]
            yield self._target.decode(pieces)


def _packages() -> tuple[Any, Any]:
    try:
        import ctranslate2
        import sentencepiece
    except ImportError as error:
        raise BadSetting(
            f"CALLFACTS_TRANSLATOR is 'ctranslate2', which needs a package that is not installed"
            f" ({error.name}); expected what pip install 'callfacts[translate]' installs"
        ) from None
    return ctranslate2, sentencepiece


def _files(folder: Path) -> list[Path]:
    """Give the SentencePiece models for Chinese and English: two files, or one for both."""
    missing = [name for name in ("model.bin", "config.json") if not (folder / name).is_file()]
    pair = [folder / "source.spm", folder / "target.spm"]
    shared = sorted(
        path
        for pattern in ("*.model", "*.spm")
        for path in folder.glob(pattern)
        if path not in pair
    )
    if not missing:
        if all(path.is_file() for path in pair):
            return pair
        if len(shared) == 1:
            return shared
        missing = ["source.spm and target.spm, or one sentencepiece.bpe.model"]
    raise BadSetting(
        f"CALLFACTS_TRANSLATOR_MODEL is {str(folder)!r}, which has no {', no '.join(missing)};"
        " expected the folder of a converted CTranslate2 model with its SentencePiece models"
    )


def _names_languages(folder: Path) -> bool:
    """Whether the vocabulary has tokens that name the languages, as NLLB's has."""
    return any(
        f'"{_ENGLISH}"' in text or f"\n{_ENGLISH}\n" in text
        for text in (
            path.read_text(encoding="utf-8")
            for path in folder.glob("*vocabulary.*")
            if path.is_file()
        )
    )


def _batches(
    queue: Sequence[tuple[int, Language, str]],
) -> Iterator[Sequence[tuple[int, Language, str]]]:
    for start in range(0, len(queue), _SENTENCES_AT_ONCE):
        yield queue[start : start + _SENTENCES_AT_ONCE]


def _digest(files: Sequence[Path]) -> str:
    """Tell models apart by size, beginning and end of their files; all of them would take long."""
    digest = hashlib.sha256()
    for path in files:
        size = path.stat().st_size
        digest.update(str(size).encode())
        with path.open("rb") as file:
            digest.update(file.read(_SAMPLED_BYTES))
            file.seek(max(0, size - _SAMPLED_BYTES))
            digest.update(file.read())
    return digest.hexdigest()[:16]
