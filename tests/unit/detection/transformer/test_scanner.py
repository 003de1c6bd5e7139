"""A scanner with a model: `scrim.detect`, and cells of any bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import scrim
from scrim.detection.scan import builtin_scanner
from scrim.detection.transformer.scanner import TransformerScanner
from tests.unit.detection.transformer.model_files import write_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


def test_texts_are_read_by_both(folder: Path) -> None:
    text = "ünder Zyxa Quorv zyxa@example.org, or 4111 1111 1111 1111 of Brintax"
    for transformer in (folder, str(folder), scrim.Transformer(folder)):
        found = scrim.detect(text, transformer=transformer)
        assert [(text[one.start : one.end], one.entity) for one in found] == [
            ("Zyxa Quorv", "person.full"),
            ("zyxa@example.org", "contact.email"),
            ("4111 1111 1111 1111", "financial.card"),
            ("Brintax", "contact.organization"),
        ]
        assert scrim.detect_many([text, "fox"], transformer=transformer) == [found, []]
    assert [one.evidence for one in found][::3] == [scrim.Evidence.MODEL] * 2


def test_bytes_that_are_no_text_keep_their_places(folder: Path) -> None:
    scanner = TransformerScanner(builtin_scanner(), scrim.Transformer(folder))
    cell = b"\xff\xfe\xc3\xa9 fox quonda \xed\xa0\x80 fox"
    ((one,),) = scanner.scan_cells([cell])
    assert cell[one.start : one.end] == b"quonda"
    text = "\ud800é fox quonda"
    ((one,),) = scanner.scan([text])
    assert text[one.start : one.end] == "quonda"


def test_names_of_columns_are_for_the_plain_scanner(folder: Path) -> None:
    scanner = TransformerScanner(builtin_scanner(), scrim.Transformer(folder))
    assert scanner.plain is builtin_scanner()
    assert scanner.plain.plain is scanner.plain
