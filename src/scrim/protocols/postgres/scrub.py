"""What remains of a server's error or notice for a client without raw access: its template.

    invalid input syntax for type integer: "anna@example.org"   as the server says it
    invalid input syntax for type integer: "[masked]"           as the client sees it

Law of this module: what is not understood is withheld. Text between double quotes stays only if
it is a name of the catalog, or comes from the client's own statement. A value may contain quotes
itself, so from the first quote that does not stay everything up to the last one goes.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from scrim.protocols.postgres.error_sources import (
    FREE_DETAIL_SOURCES,
    FREE_TEXT_ROUTINES,
    KNOWN_SOURCES,
)
from scrim.protocols.postgres.errors import ErrorFields

MASKED: Final = "[masked]"
WITHHELD: Final = "the data store's message is masked"
MAX_TEXT_CHARACTERS: Final = 4096
NO_SUCH_TYPE: Final = {
    "C": "42704",
    "M": "a parameter or value has a type that the database does not have",
    "H": "Ask the database for its types anew, and send 0 for a type that it is to find out.",
}
"""In the place of what the server takes for a mistake of its own, such as in `Parse`."""

_SEVERITIES: Final = frozenset({"ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO"})
_QUIET_SEVERITIES: Final = frozenset(
    {"LOG", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5"}
)
_SQLSTATE = re.compile(r"[0-9A-Z]{5}")
_NO_TYPE = re.compile(r"cache lookup failed for type [0-9]{1,10}")
_SOURCE_FILE = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_ROUTINE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_NUMBER_FIELD = re.compile(r"[0-9]{1,10}")
_FORMS = (("P", _NUMBER_FIELD), ("F", _SOURCE_FILE), ("L", _NUMBER_FIELD), ("R", _ROUTINE))
_DYNAMIC = frozenset("Wqp")
_NAME_FIELDS = "stcdn"

# Statements that read no rows, so that a quoted name in their error is the name in the statement.
_ROWLESS = re.compile(
    r"\s*(?:(?:set|show|reset)\b[^;]{0,1000}"
    r"|(?:drop|close|deallocate|savepoint|rollback|release|listen|unlisten|lock|truncate)\b"
    r"[^;']{0,1000});?\s*",
    re.IGNORECASE,
)
# What stands between two quoted names of one message.
_CONNECTORS: Final = frozenset(
    {
        ": ",
        " of relation ",
        " of table ",
        " of type ",
        " for relation ",
        " for table ",
        " for type ",
        " on table ",
        " in relation ",
        " in table ",
        " has no field ",
        " violates check constraint ",
        " violates foreign key constraint ",
        " violates exclusion constraint ",
        " does not exist in relation ",
        " is not present in table ",
        " is still referenced from table ",
    }
)
_PUNCTUATION: Final = frozenset("{}[](),:=\\")
_STATIC_WORDS: Final = frozenset({"datestyle", "FM"})

_QUOTED_VALUE = re.compile(r"(?<![A-Za-z0-9])'.*'", re.DOTALL)
_OPEN_VALUE = re.compile(r"(?<![A-Za-z0-9])'.*", re.DOTALL)
_COLON = re.compile(r":\s")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_$.^])[+-]?[0-9][0-9A-Za-z_.,:+/%^-]*(?<![.,:])")
# Numbers that come from a column's declaration: lengths, precisions.
_DECLARED = re.compile(
    r"\b(?:character varying|character|varchar|bpchar|bit varying|bit|numeric|decimal|interval|"
    r"vector|halfvec|timestamp|time)\([0-9]{1,8}(?:,-?[0-9]{1,5})?\)"
    r"|\bprecision [0-9]{1,5}, scale -?[0-9]{1,5}\b|\b10\^-?[0-9]{1,5}\b"
)
_KEY = re.compile(r"Key \((?P<columns>.*?)\)=\(.*\)(?P<ending>[^)]*)", re.DOTALL)
_KEY_ENDING = re.compile(
    r" (already exists|is duplicated|is not present in table|is still referenced from table|"
    r'conflicts with existing key|conflicts with key)(?: "(?P<table>[^"]*)")?\.?'
)
_ROW = re.compile(r"((?:Partition key of the f|F)ailing row contains) \(.*", re.DOTALL)

Known = Callable[[str], bool]


def scrub(
    error: ErrorFields,
    statement: str,
    is_identifier: Known,
    scan: Callable[[str], str],
) -> ErrorFields:
    """Return an error or a notice without the values that it may quote.

    Args:
        error: What the server sent.
        statement: The client's statement that it answers, empty when it answers none.
        is_identifier: Says whether a word is a name of the catalog.
        scan: Replaces what detection finds in a text.
    """
    given = error.fields
    kept = _begun(given)
    if kept["C"] == "XX000" and _NO_TYPE.fullmatch(given.get("M", "")):
        kept |= NO_SUCH_TYPE
    elif _is_template(given):
        words = _Words(_own_text(given, statement), is_identifier)
        kept["M"] = scan(_reduce(given.get("M", ""), words))
        if "D" in given and _source(given) not in FREE_DETAIL_SOURCES:
            kept["D"] = scan(_reduce_detail(given["D"], words))
        if "H" in given:
            kept["H"] = scan(_reduce(given["H"], words))
    for code in _NAME_FIELDS:
        if code in given:
            kept[code] = given[code] if is_identifier(given[code]) else MASKED
    for code, form in (
        ("P", _NUMBER_FIELD),
        ("F", _SOURCE_FILE),
        ("L", _NUMBER_FIELD),
        ("R", _ROUTINE),
    ):
        if form.fullmatch(given.get(code, "")):
            kept[code] = given[code]
    return error.with_fields(kept)


def _begun(given: Mapping[str, str]) -> dict[str, str]:
    """Return severity and SQLSTATE, with a message that says nothing."""
    severity = given.get("V", "")
    kept = {"S": severity, "V": severity, "C": given.get("C", ""), "M": WITHHELD}
    if severity not in _SEVERITIES | _QUIET_SEVERITIES:
        kept["S"] = kept["V"] = "ERROR"
    if not _SQLSTATE.fullmatch(kept["C"]):
        kept["C"] = "XX000"
    return kept


def _source(given: Mapping[str, str]) -> str:
    return given.get("F", "").rpartition("/")[2]


def _is_template(given: Mapping[str, str]) -> bool:
    """Say whether the texts are the server's own, in the language in which they are known."""
    return (
        _source(given) in KNOWN_SOURCES
        and given.get("R") not in FREE_TEXT_ROUTINES
        and given.get("V") in _SEVERITIES
        and given.get("S") == given.get("V")
    )


def _own_text(given: Mapping[str, str], statement: str) -> str:
    """Return the text in which quoted words are the client's own.

    An error with a position in the statement was raised before any row was read. Without one,
    a word that is in the statement may still be a value that the client only guessed.
    """
    if _DYNAMIC & given.keys():
        return ""
    if "P" in given or given.get("C") == "26000" or _ROWLESS.fullmatch(statement):
        return statement
    return ""


class _Words:
    """Knows which words of a message may stay."""

    def __init__(self, own_text: str, is_identifier: Known) -> None:
        self._own_text = own_text
        self._lower = own_text.lower()
        self._is_identifier = is_identifier

    @property
    def positioned(self) -> bool:
        """Whether unquoted words of the message come from the statement."""
        return bool(self._own_text)

    def quoted(self, content: str) -> bool:
        """Say whether text between quotes may stay."""
        if not content or len(content) > MAX_TEXT_CHARACTERS:
            return False
        if content in _PUNCTUATION or content in _STATIC_WORDS:
            return True
        return self.own(content) or self.identifier(content)

    def own(self, content: str) -> bool:
        """Say whether text is the client's own."""
        return bool(self._own_text) and (
            content in self._own_text or content.lower() in self._lower
        )

    def identifier(self, content: str) -> bool:
        """Say whether text is a name of the catalog, or a qualified one."""
        return self._is_identifier(content) or all(
            self._is_identifier(part) or self.own(part) for part in content.split(".")
        )


def _reduce(text: str, words: _Words) -> str:
    """Return a message with only those parts that may stay."""
    text = text[:MAX_TEXT_CHARACTERS]
    start = text.find('"')
    if start < 0:
        return _plain(text, words)
    parts = [_plain(text[:start], words, before_quote=True)]
    last = text.rfind('"')
    while True:
        end = text.find('"', start + 1)
        if end < 0 or not words.quoted(text[start + 1 : end]):
            parts.append(f'"{MASKED}"')
            break
        parts.append(text[start : end + 1])
        start = text.find('"', end + 1)
        if start < 0:
            break
        if text[end + 1 : start] not in _CONNECTORS:
            parts.append(f" {MASKED}")
            break
        parts.append(text[end + 1 : start])
    return "".join([*parts, _plain(text[last + 1 :], words)])


def _plain(text: str, words: _Words, *, before_quote: bool = False) -> str:
    """Return a part without double quotes with only what may stay."""
    if not text.isascii():
        return MASKED
    text = _OPEN_VALUE.sub(MASKED, _QUOTED_VALUE.sub(MASKED, text))
    colon = _COLON.search(text)
    # What stands behind a colon unquoted may be a name that was looked up at run time.
    if colon is not None and text[colon.end() :].strip() and not words.positioned:
        text = f"{text[: colon.start()]}: {MASKED}" + (" " if before_quote else "")
    declared = {match.span() for match in _DECLARED.finditer(text)}

    def number(match: re.Match[str]) -> str:
        begin, end = match.span()
        stays = any(first <= begin and end <= after for first, after in declared)
        return match[0] if stays or words.own(match[0]) else MASKED

    return _NUMBER.sub(number, text)


def _reduce_detail(text: str, words: _Words) -> str:
    """Return a detail with only those parts that may stay."""
    text = text[: MAX_TEXT_CHARACTERS * 4]
    if text.startswith("parameters: "):
        return MASKED
    if row := _ROW.fullmatch(text):
        return f"{row[1]} ({MASKED})."
    if key := _KEY.fullmatch(text):
        return _key(key, words)
    return _reduce(text, words)


def _key(key: re.Match[str], words: _Words) -> str:
    """Return a detail about a key: the columns' names, and how it ended up in the way."""
    columns = [name.strip('"') for name in key["columns"].split(", ")]
    names = ", ".join(name if words.identifier(name) else MASKED for name in columns)
    ending = _KEY_ENDING.match(key["ending"])
    if ending is None:
        return f"Key ({names})=({MASKED})."
    table = ending["table"]
    where = "" if table is None else f' "{table if words.identifier(table) else MASKED}"'
    return f"Key ({names})=({MASKED}) {ending[1]}{where}."
