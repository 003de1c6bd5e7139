"""Writes small models in the layout of token classification: real ONNX, real tokenizers.

A model is an embedding, in which each token stands for what it is, and a linear layer that turns
that into one number for each label; so a test says by words what the model knows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from tokenizers.trainers import WordPieceTrainer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC")
KNOWN = {
    "Zyxa": "B-PER",
    "Quorv": "I-PER",
    "quonda": "B-PER",
    "Mirnholm": "B-LOC",
    "Strelgasse": "B-LOC",
    "Hof": "I-LOC",
    "Brintax": "B-ORG",
    "Olympics": "B-MISC",
}
"""Words that no list of names has, and what the model says of their first token."""
TEXTS = ["the quick brown fox met a friend in town, and wrote to us on 12.3.4567 at noon", *KNOWN]


def write_tokenizer(folder: Path) -> Tokenizer:
    """Train a tokenizer of word pieces, and write it."""
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))  # type: ignore[call-arg, unused-ignore]
    tokenizer.normalizer = BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = WordPieceTrainer(
        vocab_size=400,
        special_tokens=marks,
        initial_alphabet=[chr(code) for code in range(33, 127)],
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 3, trainer)
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # Files of others have these, and scrim has to bring its own.
    tokenizer.enable_padding(length=64)
    tokenizer.enable_truncation(16)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def write_model(
    folder: Path,
    *,
    labels: Sequence[str] = BIO,
    known: Mapping[str, str] = KNOWN,
    shape: Sequence[str | int] = ("batch", "sequence"),
    scale: float = 9.0,
    extra: Mapping[str, Any] | None = None,
) -> Path:
    """Write a folder with a model, its tokenizer and its configuration.

    Args:
        folder: The folder.
        labels: The labels by their numbers.
        known: What the model says of words; of all others it says the first label.
        shape: Of the inputs.
        scale: How sure it is.
        extra: What else stands in `config.json`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = write_tokenizer(folder)
    embedding = np.zeros((tokenizer.get_vocab_size(), len(labels)), np.float32)
    embedding[:, 0] = 1
    for word, label in known.items():
        first = tokenizer.encode(word, add_special_tokens=False).ids[0]
        embedding[first] = 0
        embedding[first, labels.index(label)] = 1
    linear = np.eye(len(labels), dtype=np.float32) * scale
    nodes = [
        helper.make_node("Gather", ["embedding", "input_ids"], ["embedded"]),
        helper.make_node("MatMul", ["embedded", "linear"], ["told"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["columns"]),
        helper.make_node("Mul", ["told", "columns"], ["logits"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*shape, len(labels)])
    weights = [
        numpy_helper.from_array(embedding, "embedding"),
        numpy_helper.from_array(linear, "linear"),
        numpy_helper.from_array(np.array([-1], np.int64), "last"),
    ]
    graph = helper.make_graph(nodes, "words", inputs, [output], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, str(folder / "model.onnx"))
    config = {"id2label": dict(enumerate(labels)), "model_type": "bert", "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps({**config, **(extra or {})}))
    return folder
