"""Models of one's own: real ones, small, run by ONNX Runtime."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import scrim
from scrim.detection.transformer.errors import TransformerError
from scrim.detection.transformer.model import MAX_CHARACTERS
from tests.unit.detection.transformer.model_files import BIO, write_model

if TYPE_CHECKING:
    from pathlib import Path

    from scrim.domain.finding import Finding


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


def spans(text: str, found: list[Finding]) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.entity) for one in found]


def test_labels_become_entities_and_spans_count_characters(folder: Path) -> None:
    text = "für 😀 Zyxa Quorv, in Mirnholm met Brintax at the Olympics"
    (found,) = scrim.Transformer(folder).find([text])
    assert spans(text, found) == [
        ("Zyxa Quorv", "person.full"),
        ("Mirnholm", "contact.city"),
        ("Brintax", "contact.organization"),
    ]
    assert all(one.evidence is scrim.Evidence.MODEL for one in found)
    assert all(0.99 < one.confidence <= 1 for one in found)


def test_a_value_that_begins_again_is_another_one(folder: Path) -> None:
    text = "Zyxa Zyxa Quorv"
    (found,) = scrim.Transformer(folder).find([text])
    assert spans(text, found) == [("Zyxa", "person.full"), ("Zyxa Quorv", "person.full")]


def test_a_word_is_what_its_first_token_is(tmp_path: Path) -> None:
    folder = write_model(tmp_path)
    text = "saw Mirnholmson"
    assert spans(text, *scrim.Transformer(folder).find([text])) == [("Mirnholmson", "contact.city")]
    (folder / "scrim.json").write_text('{"words": "tokens"}')
    assert spans(text, *scrim.Transformer(folder).find([text])) == [("Mirnholm", "contact.city")]


def test_labels_without_a_prefix_join_their_neighbours(tmp_path: Path) -> None:
    labels = ("O", "PER", "GPE")
    known = {"Zyxa": "PER", "Quorv": "PER", "Mirnholm": "GPE"}
    folder = write_model(tmp_path, labels=labels, known=known)
    text = "Zyxa Quorv Mirnholm"
    assert spans(text, *scrim.Transformer(folder).find([text])) == [
        ("Zyxa Quorv", "person.full"),
        ("Mirnholm", "contact.city"),
    ]


def test_what_a_label_means_can_be_said(folder: Path, tmp_path: Path) -> None:
    text = "Zyxa at Brintax"
    found = scrim.Transformer(folder, {"PER": "person.given", "ORG": None}).find([text])
    assert spans(text, *found) == [("Zyxa", "person.given")]
    own = write_model(tmp_path)
    (own / "scrim.json").write_text('{"labels": {"PER": "person.family"}}')
    assert spans(text, *scrim.Transformer(own).find([text]))[0] == ("Zyxa", "person.family")


def test_what_is_not_sure_enough_is_left_out(tmp_path: Path) -> None:
    folder = write_model(tmp_path, scale=1.5)
    assert scrim.Transformer(folder).find(["Zyxa"]) == [[]]
    (folder / "scrim.json").write_text('{"min_confidence": 0.2}')
    ((found,),) = scrim.Transformer(folder).find(["Zyxa"])
    assert 0.2 < found.confidence < 0.6


@pytest.mark.parametrize("extra", [{}, {"max_position_embeddings": 16}])
def test_values_are_found_wherever_windows_end(tmp_path: Path, extra: dict[str, int]) -> None:
    transformer = scrim.Transformer(write_model(tmp_path, extra=extra))
    for shift in range(0, 40, 3):
        text = "fox " * shift + "Zyxa Quorv met " * 700 + "\n" * 5000 + " Mirnholm"
        (found,) = transformer.find([text])
        assert {text[one.start : one.end] for one in found} == {"Zyxa Quorv", "Mirnholm"}
        assert len(found) == 701
        if not extra:
            break


def test_texts_of_all_lengths_are_read_together(folder: Path) -> None:
    texts = ["", "   ", "12", "Zyxa", "fox " * 900 + "Zyxa", "x" * 9000, "a \ud800 Zyxa", "Zyxa"]
    found = scrim.Transformer(folder).find(texts)
    assert [len(one) for one in found] == [0, 0, 0, 1, 1, 0, 1, 1]
    assert texts[6][found[6][0].start :] == "Zyxa"


def test_a_model_of_fixed_shape_gets_it(tmp_path: Path) -> None:
    transformer = scrim.Transformer(write_model(tmp_path, shape=(1, 12)))
    text = "fox " * 30 + "Zyxa Quorv"
    assert spans(text, *transformer.find([text])) == [("Zyxa Quorv", "person.full")]


def test_marks_of_the_model_in_a_text_are_text(folder: Path) -> None:
    text = "[CLS] Zyxa [SEP] [PAD] Mirnholm"
    assert len(scrim.Transformer(folder).find([text])[0]) == 2


def test_no_more_than_the_begin_of_a_huge_text_is_read(folder: Path) -> None:
    text = " " * (MAX_CHARACTERS - 4) + "Zyxa and Mirnholm"
    assert spans(text, *scrim.Transformer(folder).find([text])) == [("Zyxa", "person.full")]


def test_what_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    def refused(folder: Path, *parts: str) -> None:
        with pytest.raises(TransformerError) as caught:
            scrim.Transformer(folder)
        assert isinstance(caught.value, ValueError)
        for part in parts:
            assert part in str(caught.value)

    refused(tmp_path / "none", "is no folder", "model.onnx")
    refused(tmp_path, "model.onnx: there is no such file")
    labels = (*BIO, "B-GIZMO", "I-GIZMO")
    refused(write_model(tmp_path / "a", labels=labels), "config.json: id2label", "`GIZMO`")
    folder = write_model(tmp_path / "b")
    good = (folder / "config.json").read_text()
    for text, parts in {
        "{": ("is not JSON",),
        "[]": ("config.json", "correct it"),
        '{"id2label": {"0": "O", "2": "PER"}}': ("from 0 on",),
        '{"id2label": {"0": "O", "1": "PER"}}': ("model.onnx: logits", "2 labels"),
        '{"id2label": {"0": "O", "x": "PER"}}': ("id2label.x",),
    }.items():
        (folder / "config.json").write_text(text)
        refused(folder, *parts)
    (folder / "config.json").write_text(good)
    (folder / "scrim.json").write_text('{"labels": {"PER": "person.ful"}}')
    refused(folder, "there is no entity `person.ful`", "did you mean `person.full`")
    (folder / "scrim.json").write_text('{"lables": {}}')
    refused(folder, "scrim.json: lables")
    (folder / "scrim.json").unlink()
    (folder / "tokenizer.json").write_text("{}")
    refused(folder, "tokenizer.json: is no tokenizer")
    (folder / "model.onnx").write_bytes(b"no model")
    refused(folder, "model.onnx: is no model that can be run")
    refused(write_model(tmp_path / "c", shape=(2, 12)), "2 texts at once")
    refused(write_model(tmp_path / "d", shape=(1, 2)), "exactly 2 tokens")


def test_a_tokenizer_of_another_model_is_an_error_without_the_text(tmp_path: Path) -> None:
    folder = write_model(tmp_path)
    file = folder / "tokenizer.json"
    document = json.loads(file.read_text())
    document["model"]["vocab"]["Zyxa"] = 9999
    file.write_text(json.dumps(document))
    with pytest.raises(TransformerError, match="failed on 1 windows") as caught:
        scrim.Transformer(folder).find(["Zyxa"])
    assert "Zyxa" not in str(caught.value)


def test_without_the_extra_it_says_what_to_install(folder: Path) -> None:
    script = (
        "import sys; sys.modules['onnxruntime'] = None\n"
        "import scrim\n"
        "assert scrim.detect('a@example.org')\n"
        "assert 'tokenizers' not in sys.modules and 'numpy' not in sys.modules\n"
        f"scrim.detect('a', transformer={str(folder)!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert "scrim-gateway[transformer]" in done.stderr.splitlines()[-1]
