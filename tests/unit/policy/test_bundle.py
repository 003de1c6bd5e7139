"""Loading policies: what is refused, and what the records can name."""

from pathlib import Path

import pytest

from scrim.policy.bundle import BundleError, build_bundle, load_bundle, shipped_schema
from scrim.policy.questions import ALL_SESSION_FACTS

PERMIT = "permit(principal, action, resource);"


def problems(text: str) -> str:
    with pytest.raises(BundleError) as caught:
        build_bundle({"a.cedar": text})
    return str(caught.value)


def test_files_are_read_from_the_folder_and_below(tmp_path: Path) -> None:
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams" / "b.cedar").write_text(PERMIT)
    (tmp_path / "a.cedar").write_text('@id("first") ' + PERMIT + PERMIT)
    (tmp_path / "README.md").write_text("not a policy")
    bundle = load_bundle(tmp_path, commit="abc")
    assert [policy.name for policy in bundle.policies.values()] == [
        "first",
        "a.cedar#2",
        "teams/b.cedar#1",
    ]
    assert bundle.commit == "abc"


def test_the_digest_names_the_contents(tmp_path: Path) -> None:
    (tmp_path / "a.cedar").write_text(PERMIT)
    first = load_bundle(tmp_path).digest
    assert load_bundle(tmp_path).digest == first
    (tmp_path / "a.cedar").write_text(PERMIT + " ")
    assert load_bundle(tmp_path).digest != first
    assert build_bundle({"b.cedar": PERMIT}).digest != first


def test_a_file_cannot_change_the_meaning_of_another() -> None:
    with pytest.raises(BundleError, match=r"a\.cedar: is not valid Cedar"):
        build_bundle({"a.cedar": "permit(principal, action, resource) when {", "b.cedar": PERMIT})


def test_a_comment_without_a_line_end_does_not_swallow_the_next_file() -> None:
    bundle = build_bundle({"a.cedar": PERMIT + "// note", "b.cedar": '@id("b") ' + PERMIT})
    assert [policy.name for policy in bundle.policies.values()] == ["a.cedar#1", "b"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            'permit(principal, action == Action::"unmsk", resource);',
            "a.cedar#1: unrecognized action",
        ),
        (
            '@id("x") permit(principal, action, resource) when { resource.tagz == 1 };',
            "x: attribute `tagz`",
        ),
        ("permit(principal, action, resource == ?resource);", "has a template"),
        ('@aproval("dpo") ' + PERMIT, "unknown annotation @aproval"),
        ('@max_rows("0") ' + PERMIT, "@max_rows with a value that is not a whole number above 0"),
        ("@approval " + PERMIT, "@approval with a value that is not the name of a group"),
        (
            '@max_rows("5") forbid(principal, action, resource);',
            "is a forbid and cannot carry @max_rows",
        ),
        ('@id("x") ' + PERMIT + '@id("x") ' + PERMIT, "two policies have this @id"),
        ("permit(everyone);", "is not valid Cedar"),
    ],
)
def test_a_mistake_is_refused_with_its_place(text: str, reason: str) -> None:
    assert reason in problems(text)


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(BundleError) as caught:
        build_bundle({"a.cedar": "permit(", "b.cedar": '@nope("1") ' + PERMIT})
    assert len(caught.value.problems) == 2


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"has no \*\.cedar file"):
        load_bundle(tmp_path)


def test_a_missing_folder_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="is not a folder"):
        load_bundle(tmp_path / "absent")


def test_a_file_that_is_not_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.cedar").write_bytes(b"\xff\xfe")
    with pytest.raises(BundleError, match="is not UTF-8 text"):
        load_bundle(tmp_path)


def test_the_folder_may_bring_its_own_schema(tmp_path: Path) -> None:
    (tmp_path / "a.cedar").write_text('permit(principal, action == Action::"audit", resource);')
    with pytest.raises(BundleError, match="unrecognized action"):
        load_bundle(tmp_path)
    wider = shipped_schema() + (
        "action audit appliesTo { principal: [User], resource: [Connection], context: Session };"
    )
    (tmp_path / "schema.cedarschema").write_text(wider)
    assert len(load_bundle(tmp_path).policies) == 1
    (tmp_path / "schema.cedarschema").write_text("entity")
    with pytest.raises(BundleError, match="is not a Cedar schema"):
        load_bundle(tmp_path)


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ("", set()),
        ("when { principal.name == resource.name }", set()),
        ("when { context.tls }", {"tls"}),
        (
            "unless { context has client_address && context.client_address.isLoopback() }",
            {"client_address"},
        ),
        ("when { [context.authentication].contains(principal.name) }", {"authentication"}),
        (
            "when { context == context }",
            ALL_SESSION_FACTS,
        ),
        ('when { context.human || context.agent || context.purpose == "x" }', set()),
        ("when { context.human && context has hour && context.hour < 9 }", {"hour"}),
    ],
)
def test_the_facts_that_policies_read_are_known(condition: str, facts: set[str]) -> None:
    bundle = build_bundle(
        {"a.cedar": f'permit(principal, action == Action::"connect", resource) {condition};'}
    )
    assert bundle.session_facts == facts


def test_folders_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.cedar", "b.cedar"):
        (tmp_path / name).write_text(PERMIT)
    monkeypatch.setattr("scrim.policy.bundle.MAX_BYTES", len(PERMIT) + 1)
    with pytest.raises(BundleError, match="characters of policies"):
        load_bundle(tmp_path)
    monkeypatch.setattr("scrim.policy.bundle.MAX_BYTES", 5)
    with pytest.raises(BundleError, match="larger than 5 bytes"):
        load_bundle(tmp_path)
    monkeypatch.setattr("scrim.policy.bundle.MAX_FILES", 1)
    with pytest.raises(BundleError, match="more than 1 policy files"):
        load_bundle(tmp_path)
