"""A real CTranslate2 model that is a word list, made on the spot.

Its Transformer has weights set by hand: the decoder looks at the source token at its own position
and gives the token that the word list has for it, or the same token. Small, exact, and run by the
same code as a trained model.
"""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import sentencepiece
from ctranslate2.specs import TransformerSpec

WORDS = {
    "收入": "Revenue ",
    "为": "was ",
    "達": "reached ",
    "，": ", ",
    "。": ". ",
    "同比增长": "up ",
    "营收": "Revenue ",
    "營收": "Revenue ",
    "利润": "Profit ",
    "持平": "was flat",
    "我们很高兴": "We are pleased",
}
_SPACE = "▁"
_SPECIAL = ["<unk>", "<s>", "</s>"]
_LANGUAGES = ["zho_Hans", "zho_Hant", "eng_Latn"]
_POSITIONS = 480
_LETTERS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.%$-亿万兆元美港币幣新台億"
)


def make_model(
    folder: Path,
    *,
    words: Mapping[str, str] = WORDS,
    multilingual: bool = False,
    random: bool = False,
) -> Path:
    """Write a model folder, in OPUS-MT's layout or NLLB's; with random weights it babbles."""
    words = {word: english.replace(" ", _SPACE) for word, english in words.items()}
    if multilingual:
        chinese = english = _train(folder / "sentencepiece.bpe.model", [*words, *words.values()])
    else:
        chinese = _train(folder / "source.spm", list(words))
        english = _train(folder / "target.spm", list(words.values()))
    target = _unique(_SPECIAL + _LANGUAGES * multilingual + chinese + english)
    source = target if multilingual else _unique(_SPECIAL + chinese)
    spec = _spec(source, target, words, random)
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.config.add_source_eos = not multilingual
    spec.validate()
    spec.optimize()
    spec.save(str(folder))
    return folder


def _train(path: Path, words: list[str]) -> list[str]:
    model = io.BytesIO()
    words = _unique(words)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_LETTERS),
        model_writer=model,
        model_type="char",
        vocab_size=len(_SPECIAL) + len(words) + len(_LETTERS) + 1,
        user_defined_symbols=words,
        normalization_rule_name="identity",
        character_coverage=1.0,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


def _spec(source: list[str], target: list[str], words: Mapping[str, str], random: bool) -> Any:
    tokens, size = len(source), len(source) + _POSITIONS
    token_part = numpy.eye(tokens, size, dtype=numpy.float32)
    position_part = numpy.eye(_POSITIONS, size, tokens, dtype=numpy.float32)
    nothing = numpy.zeros((size, size), dtype=numpy.float32)
    at_position, of_token = nothing.copy(), nothing.copy()
    at_position[:_POSITIONS] = position_part
    of_token[:tokens] = token_part

    spec = TransformerSpec.from_config(num_layers=1, num_heads=1)
    for side in (spec.encoder, spec.decoder):
        side.scale_embeddings = False
        side.position_encodings.encodings = position_part
        _even(side.layer_norm, size)
        layer = side.layer[0]
        _attention(layer.self_attention, [numpy.zeros((3 * size, size)), nothing], size)
        _even(layer.ffn.layer_norm, size)
        _linear(layer.ffn.linear_0, nothing)
        _linear(layer.ffn.linear_1, nothing)
    spec.encoder.embeddings[0].weight = token_part
    spec.decoder.embeddings.weight = numpy.zeros((len(target), size), dtype=numpy.float32)
    looked_up = [20 * at_position, numpy.concatenate([at_position, of_token]), numpy.eye(size)]
    _attention(spec.decoder.layer[0].attention, looked_up, size)
    if random:
        drawn = numpy.random.default_rng(7).normal(size=(len(target), size))
        _linear(spec.decoder.projection, drawn)
        return spec
    choice = numpy.zeros((len(target), size), dtype=numpy.float32)
    for index, token in enumerate(source):
        choice[target.index(words.get(token, token)), index] = 5
    _linear(spec.decoder.projection, choice)
    return spec


def _attention(spec: Any, weights: list[Any], size: int) -> None:
    _even(spec.layer_norm, size)
    for linear, weight in zip(spec.linear, weights, strict=True):
        _linear(linear, weight)


def _linear(spec: Any, weight: Any) -> None:
    spec.weight = weight.astype(numpy.float32)
    spec.bias = numpy.zeros(weight.shape[0], dtype=numpy.float32)


def _even(spec: Any, size: int) -> None:
    spec.gamma = numpy.ones(size, dtype=numpy.float32)
    spec.beta = numpy.zeros(size, dtype=numpy.float32)


def _unique(tokens: list[str]) -> list[str]:
    return list(dict.fromkeys(tokens))
