from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from tests.unit.reveals.reveal_desk import PASSWORD, RAW, mask, write_desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Result

COLUMN = ("--column", "public.people.email")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SCRIM_TOKEN", raising=False)
    monkeypatch.setenv("SCRIM_PASSWORD", PASSWORD)
    return write_desk(tmp_path)


@pytest.fixture
def token(config: Path) -> str:
    return mask(config.parent, RAW, "contact.email", "siv")


def options(config: Path, user: str) -> tuple[object, ...]:
    return (*COLUMN, "--user", user, "--reason", "chargeback 7", "-c", config)


def test_a_value_comes_back_as_a_line(
    scrim: Callable[..., Result], config: Path, token: str
) -> None:
    result = scrim("reveal", "shop", token, *options(config, "ines"))
    assert (result.code, result.out, result.err) == (0, f"{RAW}\n", "")


def test_values_come_from_standard_input_and_json_says_all(
    scrim: Callable[..., Result], config: Path, token: str
) -> None:
    typed = f"{token}\nno token\r\n"
    result = scrim("reveal", "shop", *options(config, "ines"), "--json", typed=typed)
    assert result.code == 1
    shown = json.loads(result.out)
    assert (shown["entity"], shown["operator"]) == ("contact.email", "siv")
    assert shown["values"] == [
        {"masked": token, "value": RAW, "key_version": 1},
        {"masked": "no token", "value": None, "key_version": None},
    ]


def test_a_value_that_does_not_come_back_is_said_by_its_number(
    scrim: Callable[..., Result], config: Path, token: str
) -> None:
    result = scrim("reveal", "shop", "no token", token, *options(config, "ines"))
    assert (result.code, result.out) == (1, f"\n{RAW}\n")
    assert "value 1 was not masked by siv as contact.email" in result.err


def test_control_characters_of_a_value_do_not_reach_the_terminal(
    scrim: Callable[..., Result], config: Path
) -> None:
    token = mask(config.parent, "a\x1b[2Jb", "contact.email", "siv")
    result = scrim("reveal", "shop", token, *options(config, "ines"))
    assert result.out == "a\\x1b[2Jb\n"


def test_the_way_through_an_approval(
    scrim: Callable[..., Result], config: Path, token: str
) -> None:
    asked = scrim("reveal", "shop", token, *options(config, "sam"), "--json")
    assert asked.code == 75
    request = json.loads(asked.out)["waits"]["request"]
    listed = scrim("approve", "-c", config)
    assert f"{request}  waits for supervisors  sam: 1 values of shop" in listed.out
    own = scrim("approve", request, "--user", "sam", "-c", config)
    assert (own.code, "own request" in own.err) == (1, True)
    approved = scrim("approve", request, "--user", "sue", "-c", config, "--json")
    assert (approved.code, json.loads(approved.out)[0]["approvers"]) == (0, {"supervisors": "sue"})
    arguments = ("reveal", "shop", token, *options(config, "sam"), "--approved", request)
    assert scrim(*arguments).out == f"{RAW}\n"
    assert scrim(*arguments).code == 1
    assert scrim("approve", "-c", config).out == "no request waits\n"


def test_people_read_what_an_approval_takes(
    scrim: Callable[..., Result], config: Path, token: str
) -> None:
    result = scrim("reveal", "shop", token, *options(config, "sam"))
    assert result.code == 75
    assert "waits for an approval by somebody of supervisors" in result.out
    assert "--approved " in result.out


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("--column", "public.people.email", "--user", "ann"), 1, "not permitted: no policy"),
        (("--column", "public.people.email", "--user", "nobody"), 1, "the sign-in failed"),
        (("--column", "email", "--user", "ines"), 2, "--column must be"),
        (("--column", "a.b.c", "--user", "ines", "--type", "json"), 2, "--type"),
        (("--user", "ines"), 2, "either a column or an entity"),
        (("--entity", "contact.emal", "--user", "ines"), 2, "close to it are contact.email"),
        (("--column", "a.b.c", "--user", "ines", "--operator", "zz"), 2, "no such operator; those"),
    ],
)
def test_what_is_wrong_is_said(
    scrim: Callable[..., Result],
    config: Path,
    arguments: tuple[str, ...],
    code: int,
    reason: str,
) -> None:
    result = scrim("reveal", "shop", "x", *arguments, "--reason", "r", "-c", config)
    assert (result.code, result.out) == (code, "")
    assert reason in result.err


def test_a_column_that_nothing_is_known_of_is_said_beside_its_values(
    scrim: Callable[..., Result], config: Path
) -> None:
    asked = ("reveal", "shop", "x", "--column", "public.zz.zz", "--user", "ines", "--reason", "r")
    result = scrim(*asked, "-c", config)
    assert "nor its name says what public.zz.zz holds, if there is such a column" in result.err
    result = scrim(*asked, "-c", config, "--json")
    assert "public.zz.zz" in json.loads(result.out)["note"]


def test_without_a_credential_nobody_is_asked_where_there_is_no_terminal(
    scrim: Callable[..., Result], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SCRIM_PASSWORD")
    result = scrim("reveal", "shop", "x", *options(config, "ines"))
    assert (result.code, "SCRIM_TOKEN" in result.err) == (1, True)


def test_an_agent_signs_in_with_a_token_and_acts_for_its_user(
    scrim: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "token.key"
    key.touch(0o600)
    key.write_text(secrets.token_hex(32))
    tokens = {"key_file": "token.key", "algorithm": "HS256", "max_ttl": "2h"}
    config = write_desk(tmp_path, {"identity": {"tokens": tokens}})
    issued = scrim("token", "issue", "--user", "sam", "--agent", "bot", "-c", config)
    monkeypatch.setenv("SCRIM_TOKEN", issued.out.strip())
    token = mask(tmp_path, RAW, "contact.email", "siv")
    assert scrim("reveal", "shop", token, *options(config, "bot")).code == 75
    assert "bot for sam" in scrim("approve", "-c", config).out
    assert scrim("reveal", "shop", token, *options(config, "ines")).code == 1


def test_the_audit_log_shows_reveals(
    scrim: Callable[..., Result], config: Path, token: str
) -> None:
    scrim("reveal", "shop", token, *options(config, "ines"))
    shown = scrim("audit", "tail", "-c", config).out
    assert "revealed ines" in shown
    assert RAW not in shown
