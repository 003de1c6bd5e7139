"""What masked values are good for, each claim with what was done to see whether it holds.

Nothing is taken from the gateway's word. Joins are made here, of what clients received, and what
they should give is asked of the database itself.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scrim.audit.reader import read_records
from scrim.cli.demo_compare import Answer, Shade
from scrim.cli.demo_data import luhn_digit
from scrim.cli.demo_scene import CONNECTION, Actor, Query
from scrim.domain.column import Column
from scrim.reveals.request import Revealed, RevealRefusedError, RevealRequest
from scrim.server.reveals import Reveals, open_reveals

Ask = Callable[[Actor | None, Sequence[Query]], list[Answer]]
"""Asks as an actor, through the gateway; without one, of the database itself."""
Answers = Mapping[Query, Answer]

AGE_BIN_YEARS: Final = 5
REASON: Final = "chargeback of February"
CARD_COLUMN = Column("public", "cards", "number")

CUSTOMERS = Query("all customers", "SELECT email, phone FROM customers ORDER BY id")
READERS = Query("all readers", "SELECT email, topic FROM newsletter")
CARDS = Query("all cards", "SELECT number FROM cards ORDER BY customer_id")
DECLINED = Query(
    "a declined card", "SELECT number FROM cards WHERE declined ORDER BY customer_id LIMIT 1"
)
COARSE = Query(
    "who is dissatisfied",
    "SELECT s.age, c.born, a.zip\nFROM customers c JOIN surveys s ON s.customer_id = c.id\n"
    "JOIN addresses a ON a.customer_id = c.id\n"
    "WHERE NOT s.satisfied ORDER BY c.id LIMIT 3",
)

_EMAIL = re.compile(r"[a-z0-9._-]{1,64}@example\.(com|net|org)")
_PHONE = re.compile(r"\+1-[2-9]\d\d-[2-9]\d\d-\d{4}")
_CARD = re.compile(r"4000 00\d\d \d{4} \d{4}")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that somebody asked, and what came of it.

    Attributes:
        who: Who asked.
        asks: The statement, the command, or what was done with answers.
        gets: What came back.
        shade: What that is.
    """

    who: str
    asks: str
    gets: str
    shade: Shade = Shade.PLAIN


@dataclass(frozen=True, slots=True)
class _Kind:
    """Values of one column, all of which should be of a kind.

    Attributes:
        name: What they are.
        form: What holds for each of them, in words.
        fits: Whether it does.
    """

    name: str
    form: str
    fits: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One claim about masked values, and what was done to see whether it is true.

    Attributes:
        claim: The claim.
        lines: What was asked and answered.
        holds: Whether the answers bear it out.
    """

    claim: str
    lines: tuple[Line, ...]
    holds: bool


def work(ask: Ask, actors: tuple[Actor, Actor, Actor], config: Path) -> list[Step]:
    """Work with masked values as the three would, and return what came of it.

    Args:
        ask: Asks as somebody.
        actors: The analyst, her agent, the investigator.
        config: The configuration of the gateway, for turning values back.
    """
    analyst, agent, investigator = actors
    queries = (CUSTOMERS, READERS, CARDS, DECLINED, COARSE)
    truth = dict(zip(queries, ask(None, queries), strict=True))
    seen = dict(zip(queries, ask(analyst, queries), strict=True))
    real, masked = truth[DECLINED].rows[0][0], seen[DECLINED].rows[0][0]
    return [
        _forms(analyst, seen, truth),
        _join(analyst, seen, truth),
        _where(ask, (analyst, investigator), masked, real),
        _reveal((analyst, investigator), masked, real, config),
        _coarser((analyst, agent), seen[COARSE], ask(agent, (COARSE,))[0], truth[COARSE]),
    ]


def _forms(analyst: Actor, seen: Answers, truth: Answers) -> Step:
    """Look at every value of three columns: is it of its kind, and another than the real one?"""
    lines, holds = [], True
    for kind, query, column in _KINDS:
        values = [row[column] for row in seen[query].rows]
        real = [row[column] for row in truth[query].rows]
        fitting = sum(1 for value in values if kind.fits(value))
        distinct, of_real = len(set(values)), len(set(real))
        others = all(one != other for one, other in zip(values, real, strict=True))
        holds = holds and others and fitting == len(values) and distinct == of_real
        gets = f"{fitting} of {len(values)} {kind.form}; {distinct} distinct, really {of_real}"
        lines.append(Line(analyst.title, f"reads all {kind.name}, such as {values[-1]}", gets))
    return Step(
        "Every replacement is of its kind, and equal values stay equal", tuple(lines), holds
    )


def _join(analyst: Actor, seen: Answers, truth: Answers) -> Step:
    """Join two tables in the client, as a notebook would, and compare with the real join."""
    counts, real = _readers_by_topic(seen), _readers_by_topic(truth)
    asks = "reads customers and newsletter, and joins them by e-mail in a notebook of her own"
    lines = (
        Line(analyst.title, asks, _counted(counts)),
        Line("the database", "joins the real addresses", _counted(real)),
    )
    return Step("Tables that were masked one by one join like the real ones", lines, counts == real)


def _where(ask: Ask, who: tuple[Actor, Actor], masked: str, real: str) -> Step:
    """Search by the number that the analyst was shown, and by the one that she was not."""
    analyst, investigator = who
    shown, guess = _by_card(masked), _by_card(real)
    found, guessed = ask(analyst, (shown, guess))
    truth = ask(investigator, (guess,))[0]
    lines = (
        Line(analyst.title, f"{shown.sql} -- as she was shown it", _rows(found)),
        Line(analyst.title, f"{guess.sql} -- a guess that is right", _rows(guessed)),
        Line(investigator.title, guess.sql, _rows(truth)),
    )
    holds = bool(found.rows) and found.rows == truth.rows and not guessed.rows
    return Step("A masked value can be asked for, and a guess finds nothing", lines, holds)


def _reveal(who: tuple[Actor, Actor], masked: str, real: str, config: Path) -> Step:
    """Ask for the real number as the one who may and as the one who may not."""
    analyst, investigator = who
    request = RevealRequest(CONNECTION, (masked,), REASON, CARD_COLUMN)
    with open_reveals(config) as reveals:
        given = _revealed(reveals, investigator, request)
        refused = _revealed(reveals, analyst, request)
    records = [one for one in read_records(config.parent / "audit") if one["record"] == "reveal"]
    command = (
        f'scrim reveal {CONNECTION} "{masked}" --column {CARD_COLUMN.qualified_name()} --reason ...'
    )
    lines = (
        Line(investigator.title, command, given, Shade.RAW),
        Line(analyst.title, "the same", refused),
        *(Line("the audit log", f"keeps what was {one['event']}", _told(one)) for one in records),
    )
    holds = given == real and [one["event"] for one in records] == ["revealed", "refused"]
    holds = holds and not any(real in line.gets for line in lines[1:])
    return Step("It is given back to whom policy permits it, on record", lines, holds)


def _coarser(who: tuple[Actor, Actor], seen: Answer, coarse: Answer, truth: Answer) -> Step:
    """Compare what the analyst sees of people with what her agent does."""
    analyst, agent = who
    lines = (
        Line(analyst.title, _on_line(COARSE), _rows(seen), Shade.RAW),
        Line(agent.title, "the same", _rows(coarse), Shade.MASKED),
    )
    holds = seen.rows == truth.rows and coarse.rows == tuple(map(_as_group, truth.rows))
    return Step("Her agent sees age groups, years and regions in place of people", lines, holds)


def _readers_by_topic(answers: Answers) -> dict[str, int]:
    customers = {row[0] for row in answers[CUSTOMERS].rows}
    topics = Counter(topic for email, topic in answers[READERS].rows if email in customers)
    return dict(sorted(topics.items()))


def _counted(counts: Mapping[str, int]) -> str:
    parts = ", ".join(f"{topic} {count}" for topic, count in counts.items())
    return f"{sum(counts.values())} readers are customers: {parts}"


def _by_card(number: str) -> Query:
    # What a person types: the literal is the point, and the number is one of the demo's own.
    return Query("whose card", f"SELECT holder FROM cards WHERE number = '{number}'")  # noqa: S608


def _rows(answer: Answer) -> str:
    if answer.refusal:
        return f"refused: {answer.refusal}"
    return "\n".join(" | ".join(row) for row in answer.rows) or "no rows"


def _on_line(query: Query) -> str:
    return " ".join(query.sql.split())


def _revealed(reveals: Reveals, actor: Actor, request: RevealRequest) -> str:
    """Return what an actor is given, or why nothing."""
    who = reveals.sign_in(actor.name, password=actor.password)
    try:
        answer = reveals.reveal(who, request)
    except RevealRefusedError as refusal:
        return f"refused: {refusal}"
    return str(answer.values[0]) if isinstance(answer, Revealed) else "waits for an approval"


def _told(record: Mapping[str, Any]) -> str:
    """Return who, what and why of a record, in which the value itself is a keyed hash."""
    told = [record["principal"][0]["name"], record["column"], f'"{record["reason"]}"']
    told += [f"by {name}" for name in record["policies"]] or [str(record.get("detail", ""))]
    if "value" in record:
        told.append(f"the value as a keyed hash {record['value'][:8]}…")
    return ", ".join(told)


def _as_group(row: Sequence[str]) -> tuple[str, ...]:
    """Return a row of age, birth date and ZIP code as an agent should see it."""
    age, born, zip_code = row
    return (str(int(age) // AGE_BIN_YEARS * AGE_BIN_YEARS), f"{born[:4]}-01-01", zip_code[:3])


def _is_card(text: str) -> bool:
    digits = text.replace(" ", "")
    return _CARD.fullmatch(text) is not None and luhn_digit(digits[:-1]) == digits[-1]


_KINDS: Final = (
    (_Kind("e-mail addresses", "are well-formed", _EMAIL.fullmatch), CUSTOMERS, 0),
    (_Kind("telephone numbers", "could be dialled", _PHONE.fullmatch), CUSTOMERS, 1),
    (_Kind("card numbers", "pass the Luhn check", _is_card), CARDS, 0),
)
