"""The scanner's facade: texts, bytes, and spans that fit them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrim.config.errors import ConfigError
from scrim.detection.api import detect
from scrim.detection.catalogue import Catalogue
from scrim.detection.entry import Entry
from scrim.detection.scan import Scanner, builtin_scanner
from scrim.domain.finding import Evidence


def spans(text: str) -> list[str]:
    return [text[finding.start : finding.end] for finding in detect(text)]


def test_spans_count_characters() -> None:
    wide = "".join(chr(0xFF10 + int(digit)) for digit in "4111111111111111")
    text = f"é 😀 jürgen@müller.de, {wide} und 10.20.30.40"
    assert spans(text) == ["jürgen@müller.de", wide, "10.20.30.40"]


def test_spans_of_cells_count_bytes() -> None:
    ((finding,),) = builtin_scanner().scan_cells(["é a@example.com".encode()])
    assert (finding.start, finding.end) == (3, 16)


def test_a_finding_says_why() -> None:
    (finding,) = detect("SSN: 536228137")
    assert finding.entity == "us.ssn"
    assert finding.evidence == Evidence.PATTERN | Evidence.CONTEXT
    assert 0.5 <= finding.confidence <= 1


def test_an_expected_entity_lowers_the_bar() -> None:
    scanner = builtin_scanner()
    assert scanner.scan(["536228137"]) == [[]]
    ((finding,),) = scanner.scan(["536228137"], expected="us.ssn")
    assert Evidence.COLUMN in finding.evidence


def test_lone_surrogates_and_nul_are_scanned() -> None:
    assert spans("\ud800\0 a@example.com") == ["a@example.com"]


@given(st.text())
def test_any_text_gives_spans_inside_it(text: str) -> None:
    last = 0
    for finding in detect(text):
        assert last <= finding.start < finding.end <= len(text)
        last = finding.end


def test_an_entity_of_ones_own_is_found() -> None:
    entry = Entry(
        name="shop.voucher",
        source="House rules",
        shape="pattern",
        pattern=r"VC-\d{6}",
        matches=("VC-123456",),
        non_matches=("VC-1",),
    )
    scanner = Scanner(Catalogue((entry,)))
    ((finding,),) = scanner.scan(["use VC-123456"])
    assert (finding.entity, finding.start) == ("shop.voucher", 4)
    assert scanner.catalogue.names == ("shop.voucher",)


def test_a_bad_expression_is_an_error_that_names_the_entity() -> None:
    entry = Entry(
        name="shop.voucher",
        source="x",
        shape="pattern",
        pattern="(",
        matches=("a",),
        non_matches=("b",),
    )
    with pytest.raises(ConfigError, match=r"shop\.voucher"):
        Scanner(Catalogue((entry,)))
