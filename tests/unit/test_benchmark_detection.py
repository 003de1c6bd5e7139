"""The rules by which detection is scored, on small cases that can be counted by hand."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.tree import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from harness.column_scores import score_columns, score_secrets
from harness.commands import BenchmarkError
from harness.detection_data import Kind, LabelledColumn, SecretText, Span, Text, read_data
from harness.labels import PRESIDIO_RESEARCH, LabelMap, default_map, read_map
from harness.national import random_code, valid_values
from harness.secrets_data import read_rules, select
from harness.span_scores import score_spans, without_overlaps
from scrim.detection.catalogue import builtin_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from harness.span_scores import SpanScores

MAP = LabelMap(PRESIDIO_RESEARCH)
BLOCK = "20789 Allika 46\n Suite 501\n Riisa\n\n Estonia 62488"
PIECES = (
    Span(0, 5, "STREET_ADDRESS"),
    Span(6, 15, "STREET_ADDRESS"),
    Span(17, 26, "STREET_ADDRESS"),
    Span(28, 33, "GPE"),
    Span(36, 43, "GPE"),
    Span(44, 49, "STREET_ADDRESS"),
)


def scored(text: str, gold: tuple[Span, ...], *found: Span, exact: bool = False) -> SpanScores:
    return score_spans([Text(text, gold)], [found], MAP, exact=exact)


def test_precision_recall_and_f2_are_as_defined() -> None:
    gold = (Span(0, 4, "PERSON"), Span(10, 14, "PERSON"))
    found = (Span(0, 4, "person.full"), Span(20, 24, "person.given"), Span(30, 34, "person.given"))
    score = scored("x" * 40, gold, *found).by_label["PERSON"]
    assert score.precision == pytest.approx(1 / 3)
    assert score.recall == 0.5
    assert score.f2 == pytest.approx(5 * (1 / 3) * 0.5 / (4 / 3 + 0.5))


def test_one_character_in_common_suffices_unless_boundaries_count() -> None:
    gold = (Span(0, 10, "PERSON"),)
    shifted = Span(9, 15, "person.full")
    assert scored("x" * 20, gold, shifted).overall().f2 == 1
    assert scored("x" * 20, gold, shifted, exact=True).overall().f2 == 0
    assert scored("x" * 20, gold, Span(10, 15, "person.full")).overall().f2 == 0
    assert scored("x" * 20, gold, Span(0, 10, "person.full"), exact=True).overall().f2 == 1


def test_two_predictions_in_one_labelled_span_are_both_right_and_it_counts_once() -> None:
    gold = (Span(0, 18, "PERSON"),)
    found = (Span(0, 9, "person.given"), Span(10, 18, "person.family"))
    score = scored("Krisztian Szollosy", gold, *found).overall()
    assert (score.found, score.labelled, score.right, score.predicted) == (1, 1, 2, 2)


def test_another_type_at_the_right_place_is_wrong_for_both_labels() -> None:
    scores = scored("x" * 20, (Span(0, 9, "PERSON"),), Span(0, 9, "contact.phone"))
    assert scores.by_label["PERSON"].recall == 0
    assert scores.by_label["PHONE_NUMBER"].predicted == 1
    assert scores.by_label["PHONE_NUMBER"].precision == 0


def test_one_address_over_a_block_finds_every_piece_and_is_right_once() -> None:
    scores = scored(BLOCK, PIECES, Span(0, len(BLOCK), "contact.street_address"))
    assert scores.overall().recall == 1
    assert (scores.overall().right, scores.overall().predicted) == (1, 1)


def test_parts_of_an_address_are_right_inside_a_span_that_is_the_whole_of_it() -> None:
    parts = (
        Span(0, 15, "contact.street_address"),
        Span(28, 33, "contact.city"),
        Span(36, 43, "contact.country"),
        Span(44, 49, "contact.postal_code"),
    )
    scores = scored(BLOCK, (Span(0, len(BLOCK), "STREET_ADDRESS"),), *parts)
    assert (scores.overall().recall, scores.overall().precision) == (1, 1)


def test_an_address_is_wrong_for_a_place_that_stands_alone() -> None:
    text, gold = "He lives in Kenosha with 3 cats", (Span(12, 19, "GPE"),)
    assert scored(text, gold, Span(12, 19, "contact.street_address")).overall().f2 == 0
    assert scored(text, gold, Span(12, 19, "contact.city")).overall().f2 == 1


def test_pieces_with_words_between_them_are_no_block() -> None:
    text = "from Riisa to Estonia"
    gold = (Span(5, 10, "GPE"), Span(14, 21, "GPE"))
    assert scored(text, gold, Span(5, 21, "contact.street_address")).overall().found == 0


def test_what_has_no_label_is_listed_and_neither_right_nor_wrong() -> None:
    scores = scored("x" * 20, (), Span(0, 9, "network.uuid"))
    assert scores.overall().predicted == 0
    assert scores.unmapped == {"network.uuid": 1}


def test_a_label_that_maps_to_nothing_is_left_out_with_what_touches_it_alone() -> None:
    label_map = LabelMap({"PERSON": ("person.full",), "TITLE": ()})
    text = Text("x" * 30, (Span(0, 4, "TITLE"), Span(10, 14, "PERSON")))
    found = [Span(0, 4, "person.full"), Span(10, 14, "person.full")]
    scores = score_spans([text], [found], label_map)
    assert (scores.overall().labelled, scores.overall().predicted) == (1, 1)
    assert scores.left_out == {"TITLE": 1}


def test_of_overlapping_results_the_surer_is_kept() -> None:
    spans = [(Span(0, 9, "a.b"), 0.4), (Span(5, 12, "c.d"), 0.9), (Span(20, 22, "e.f"), 0.1)]
    assert without_overlaps(spans) == (Span(5, 12, "c.d"), Span(20, 22, "e.f"))


def test_columns_are_scored_by_label_and_by_sensitivity() -> None:
    columns = [LabelledColumn("", "", (), label) for label in ("mail", "mail", "tel", None, None)]
    verdicts = ["contact.email", None, "contact.email", None, "network.ipv4"]
    label_map = LabelMap({"mail": ("contact.email",), "tel": ("contact.phone",)})
    scores = score_columns(columns, verdicts, label_map)
    assert scores.by_label["mail"].precision == 0.5
    assert scores.by_label["mail"].recall == 0.5
    assert scores.macro_f1 == pytest.approx((0.5 + 0) / 2)
    assert scores.sensitive.recall == pytest.approx(2 / 3)
    assert scores.sensitive.precision == pytest.approx(2 / 3)
    assert scores.false_alarms == {"network.ipv4": 1}


def test_secrets_are_scored_by_text() -> None:
    texts = [SecretText("", secret) for secret in (True, True, False, False)]
    found = [["secret.jwt", "contact.email"], ["contact.email"], ["secret.jwt"], []]
    scores = score_secrets(texts, found, LabelMap({"secret": ("secret.*",)}))
    assert (scores.recall, scores.negative_share, scores.precision) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ({"text": "a b", "spans": [{"start": 0, "end": 1, "entity": "X"}]}, Kind.TEXTS),
        ({"column": "c", "table": "t", "values": ["1", None, 2], "entity": None}, Kind.COLUMNS),
        ({"text": "a", "secret": False}, Kind.SECRETS),
    ],
)
def test_the_first_line_shows_what_a_file_holds(
    tmp_path: Path, line: dict[str, object], kind: Kind
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps(line) + "\n\n" + json.dumps(line) + "\n")
    data = read_data(path)
    assert data.kind is kind
    assert [len(data.texts), len(data.columns), len(data.secrets)].count(2) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"text": "a", "secret": true}', "among texts with spans"),
        ('{"text": "a", "spans": [{"start": 0, "end": 9, "entity": "X"}]}', "0 <= start"),
        ('{"text": "a", "spans": {}}', "not a list"),
        ('{"text": "a"}', "needs `text`"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"text": "a", "spans": []}\n' + line + "\n")
    with pytest.raises(BenchmarkError, match=re.escape(f"{path}:2: ")) as caught:
        read_data(path)
    assert reason in str(caught.value)


def test_a_map_is_json_or_yaml(tmp_path: Path) -> None:
    yaml_file, json_file = tmp_path / "map.yaml", tmp_path / "map.json"
    yaml_file.write_text("KEY: secret.*\nNAME: [person.full, person.given]\nOTHER: []\n")
    json_file.write_text(
        '{"KEY": "secret.*", "NAME": ["person.full", "person.given"], "OTHER": []}'
    )
    assert read_map(yaml_file) == read_map(json_file)
    label_map = read_map(yaml_file)
    assert label_map.home("secret.jwt") == "KEY"
    assert label_map.mapped({"KEY", "OTHER", "NEW"}) == ("KEY",)
    json_file.write_text("[1]")
    with pytest.raises(BenchmarkError, match="is not a mapping"):
        read_map(json_file)


def test_names_of_entities_are_labels_by_themselves() -> None:
    names = builtin_catalogue().names
    label_map = default_map({"contact.email", "nothing.known"}, names)
    assert label_map.patterns == {"contact.email": ("contact.email",)}
    assert "PERSON" in default_map({"PERSON", "TITLE"}, names).patterns


def test_random_values_follow_their_layout() -> None:
    chance = random.Random(1)  # noqa: S311 - values for a test
    for _ in range(50):
        assert re.fullmatch(
            r"[A-C]{2}[0-9]{3,5}[ .-]?[A-Z0-9]", random_code("[A-C]{2}#{3,5}~*", chance)
        )


def test_valid_card_numbers_are_made_by_trial() -> None:
    catalogue = builtin_catalogue()
    made = valid_values(catalogue.entry("financial.card"), catalogue, 200)
    assert len(made) >= len(catalogue.entry("financial.card").values)


def test_a_file_is_scored_from_the_command_line(tmp_path: Path) -> None:
    data, figures = tmp_path / "data.jsonl", tmp_path / "figures.json"
    mail = {"start": 9, "end": 24, "entity": "EMAIL_ADDRESS"}
    data.write_text(json.dumps({"text": "Write to ada@example.org", "spans": [mail]}) + "\n")
    script = ROOT / "benchmarks/detection.py"
    command = [sys.executable, str(script), "--data", str(data), "--json", str(figures)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    written = json.loads(figures.read_text())
    assert written["all_f2"] == written["email_f2"] == written["exact_email_address_recall"] == 1
    assert written["figures"]["all_f2"] == 1
    data.write_text("{}\n")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "data.jsonl:1: needs" in done.stdout.replace("\n", " ")


def test_texts_that_hold_another_rules_secret_are_left_out(tmp_path: Path) -> None:
    """A negative example of one rule may be a secret of another, so that no finding is wrong."""
    rules = tmp_path / "set" / "rules"
    rules.mkdir(parents=True)
    one = {
        "id": "one",
        "examples": ["first-secret-0123"],
        "negative_examples": ["none here"],
    }
    two = {"id": "two", "examples": ["b"], "negative_examples": ["x = first-secret-0123"]}
    host = {"id": "host", "visible": False, "examples": ["shop.example.com"]}
    (rules / "a.yml").write_text(json.dumps({"rules": [one, two, host]}), encoding="utf-8")
    chosen = select(list(read_rules(tmp_path / "set")))
    assert [(example.text, example.secret) for example in chosen] == [
        ("first-secret-0123", True),
        ("none here", False),
        ("b", True),
    ]
