"""Refuses texts that a data store may cut into words otherwise than sqlglot does.

Whoever wants to hide a column writes it where one of the two sees a comment, a string or an
identifier and the other does not. So every character has to be accounted for: what stands between
words must be plain spaces or plain comments, and strings must end where everybody thinks they do.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sqlglot.errors import SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from scrim.statements.facts import StatementError

if TYPE_CHECKING:
    from sqlglot.dialects.dialect import Dialect

    from scrim.statements.dialects.dialect import SqlDialect

MAX_BYTES: Final = 200_000
MAX_TOKENS: Final = 20_000
MAX_DEPTH: Final = 24
"""Brackets, CASE and the like that may be open at one time: sqlglot goes back and tries again in
some of them, so that each level can double the time."""
MAX_RUN: Final = 60
"""Words in a row that apply to what follows, such as NOT or a sign."""

MAX_BRACKETS: Final = 300
"""Square brackets, one after the other: sqlglot looks at all that is before each of them."""

NOT_SUPPORTED: Final = "0A000"
SYNTAX_ERROR: Final = "42601"
TOO_COMPLEX: Final = "54001"
TOO_LONG: Final = "54000"

_PLAIN_COMMENT: Final = re.compile(
    r"""
    [ \t\r\n]+
    | --(?P<dashes>[^\n]*)(?:\n|\Z)
    | /\*(?P<block>(?:[^*/]|\*(?!/)|/(?!\*))*)\*/
    """,
    re.VERBOSE,
)
_OTHER_COMMENTS: Final = {
    "mysql": re.compile(r"#[^\n]*(?:\n|\Z)"),
    "bigquery": re.compile(r"#[^\n]*(?:\n|\Z)"),
    "snowflake": re.compile(r"//[^\n]*(?:\n|\Z)"),
}
_BACKSLASH_QUOTE: Final = re.compile(r"""\\['"]""")
_HINT: Final = re.compile(r"[\w\s(),.@=-]*")
_OPENING: Final = frozenset(
    {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
)
_CLOSING: Final = frozenset(
    {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
)
STRINGS: Final = frozenset(
    {
        TokenType.STRING,
        TokenType.NATIONAL_STRING,
        TokenType.RAW_STRING,
        TokenType.BYTE_STRING,
        TokenType.UNICODE_STRING,
        TokenType.HEREDOC_STRING,
        TokenType.HEX_STRING,
        TokenType.BIT_STRING,
    }
)


def refused(reason: str, code: str = NOT_SUPPORTED, position: int = 0) -> StatementError:
    """Return the error that says why a text is not read."""
    return StatementError(code, reason, position)


def words_of(text: str, dialect: "SqlDialect", grammar: "Dialect") -> list[Token]:
    """Return the words of a text.

    Args:
        text: The statement string.
        dialect: Its dialect.
        grammar: The same, of sqlglot.

    Raises:
        StatementError: If it exceeds a bound, or could be read in another way.
    """
    if len(text) > MAX_BYTES:
        raise refused("the statement is too long to be checked", TOO_LONG)
    bad = next((char for char in text if not (char.isprintable() or char in "\t\n\r")), None)
    if bad is not None or "\r" in text.replace("\r\n", ""):
        raise refused("the statement has a control character, which data stores read differently")
    try:
        tokens = list(grammar.tokenize(text))
    except TokenError:
        raise refused(
            "the statement has a string or comment without an end", SYNTAX_ERROR
        ) from None
    except (SqlglotError, ValueError, IndexError):
        raise refused("the statement cannot be cut into words", SYNTAX_ERROR) from None
    if len(tokens) > MAX_TOKENS:
        raise refused("the statement has too many words to be checked", TOO_LONG)
    _check_commands(tokens, grammar)
    _check_depth(tokens)
    _check_words(text, tokens, dialect)
    _check_gaps(text, tokens, dialect)
    return tokens


def _check_commands(tokens: Sequence[Token], grammar: "Dialect") -> None:
    """Refuse statements of which sqlglot keeps the text alone."""
    before = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        if before in {TokenType.SEMICOLON, TokenType.BEGIN} and (
            kind in grammar.tokenizer_class.COMMANDS
        ):
            raise refused(
                f"{token.text.upper()[:40]}: a statement that sqlglot does not know the parts of "
                "cannot be checked",
                position=token.start + 1,
            )
        before = kind


def _check_depth(tokens: Sequence[Token]) -> None:
    depth = run = brackets = 0
    before: TokenType | None = None
    for token in tokens:
        kind = token.token_type
        brackets += kind is TokenType.L_BRACKET
        if kind in _OPENING:
            depth += 1
        elif kind in _CLOSING:
            depth = max(0, depth - 1)
        run = run + 1 if kind is before else 0
        before = kind
        if depth > MAX_DEPTH or run > MAX_RUN or brackets > MAX_BRACKETS:
            raise refused("the statement nests too deeply to be checked", TOO_COMPLEX)


def _check_words(text: str, tokens: Sequence[Token], dialect: "SqlDialect") -> None:
    for token in tokens:
        raw = text[token.start : token.end + 1]
        reason = ""
        if token.token_type is TokenType.HINT:
            inside = text[token.end + 1 : max(token.end + 1, text.find("*/", token.start + 3))]
            reason = "" if _HINT.fullmatch(inside) else "a hint has more in it than words"
        elif token.token_type in STRINGS:
            # By a setting, it ends the string or does not.
            ambiguous = not dialect.backslash_escapes and _BACKSLASH_QUOTE.search(raw)
            reason = "a string has a backslash before a quote" if ambiguous else ""
        elif token.token_type is TokenType.IDENTIFIER:
            reason = "a quoted name has a backslash" if "\\" in raw else ""
        elif token.token_type is TokenType.VAR:
            plain = all(char.isalnum() or char in "_$#@" for char in raw)
            reason = "" if plain else "a name has a character that needs quotes"
        elif token.token_type is TokenType.PIPE_GT:
            reason = "pipes are not checked; write the query as SELECT"
        if reason:
            raise refused(reason, position=token.start + 1)


def _check_gaps(text: str, tokens: Sequence[Token], dialect: "SqlDialect") -> None:
    for start, end in _gaps(text, tokens):
        place = start
        while place < end:
            place = _comment_end(text, place, end, dialect)


def _comment_end(text: str, place: int, end: int, dialect: "SqlDialect") -> int:
    """Return where a space or comment ends that everybody takes for one."""
    other = _OTHER_COMMENTS.get(dialect.name)
    found = _PLAIN_COMMENT.match(text, place, end)
    if found is None and other is not None:
        found = other.match(text, place, end)
    if found is None or found.end() == place:
        raise refused("a comment is nested, or not one for every data store", position=place + 1)
    block = found.groupdict().get("block")
    dashes = found.groupdict().get("dashes")
    # MySQL and MariaDB run what is in such a comment, and subtract a negative number at the other.
    if block is not None and block.startswith(("!", "M!")):
        raise refused("a comment is one that is run", position=place + 1)
    if dashes and dialect.name == "mysql" and dashes[0] not in " \t":
        raise refused("a comment begins with -- and no space", position=place + 1)
    return found.end()


def _gaps(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Give what stands between the words."""
    end = 0
    for token in tokens:
        if token.start > end:
            yield end, token.start
        elif token.start < end:
            raise refused("the statement cannot be cut into words", SYNTAX_ERROR)
        end = token.end + 1
    if end < len(text):
        yield end, len(text)
