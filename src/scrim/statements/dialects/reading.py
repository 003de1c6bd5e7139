"""Reads a statement string of another dialect into the facts that decisions rest on."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from scrim.statements.catalog import Catalog
from scrim.statements.dialects.dialect import SqlDialect
from scrim.statements.dialects.expressions import folded
from scrim.statements.dialects.lexical import (
    STRINGS,
    SYNTAX_ERROR,
    TOO_COMPLEX,
    TOO_LONG,
    refused,
    words_of,
)
from scrim.statements.dialects.statements import StatementReader
from scrim.statements.facts import Facts, StatementError

MAX_STATEMENTS: Final = 100
MAX_NODES: Final = 100_000

# sqlglot warns of what it does not know, with the statement in the warning.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL + 1)


def read(text: str, dialect: SqlDialect, catalog: Catalog) -> tuple[Facts, ...]:
    """Return the facts of every statement in a string.

    Args:
        text: The statement string.
        dialect: Its dialect.
        catalog: What relations and columns there are.

    Raises:
        StatementError: If it cannot be read with certainty, or exceeds a bound.
    """
    try:
        return _read(text, dialect, catalog)
    except RecursionError:
        raise refused("the statement nests too deeply to be checked", TOO_COMPLEX) from None


def without_literals(text: str, dialect: SqlDialect, most: int) -> str:
    """Return a statement string with a question mark for each value in it, empty if it has no end.

    Args:
        text: The statement string.
        dialect: Its dialect.
        most: Characters after which it is cut.
    """
    try:
        tokens = words_of(text, dialect, Dialect.get_or_raise(dialect.name))
    except (StatementError, RecursionError):
        return ""
    values = {*STRINGS, TokenType.NUMBER}
    words = ("?" if token.token_type in values else _raw(text, token) for token in tokens)
    return " ".join(words)[:most]


def _raw(text: str, token: Token) -> str:
    return text[token.start : token.end + 1]


def _read(text: str, dialect: SqlDialect, catalog: Catalog) -> tuple[Facts, ...]:
    grammar = Dialect.get_or_raise(dialect.name)
    tokens = words_of(text, dialect, grammar)
    found = _parsed(text, tokens, grammar)
    if len(found) > MAX_STATEMENTS:
        raise refused(f"more than {MAX_STATEMENTS} statements in a string", TOO_LONG)
    _check_complete(text, tokens, found, catalog)
    reader = StatementReader(dialect, catalog)
    try:
        return tuple(reader.facts(node, index) for index, node in enumerate(found))
    except (AttributeError, TypeError, KeyError, IndexError, ValueError):
        # A tree of a shape that is not known: what it means is not known either.
        raise refused("a part of the statement was not understood") from None


def _parsed(text: str, tokens: list[Token], grammar: Dialect) -> list[exp.Expr]:
    try:
        trees = grammar.parser(error_level=ErrorLevel.IMMEDIATE).parse(tokens, text)
    except ParseError as error:
        told = error.errors[0] if error.errors else {}
        position = _position(text, told.get("line"), told.get("col"))
        raise refused("syntax error for sqlglot", SYNTAX_ERROR, position) from None
    except StatementError:
        raise
    except (SqlglotError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # A mistake of the parser is no reason to let something through.
        raise refused(f"sqlglot cannot read it ({type(error).__name__})", SYNTAX_ERROR) from None
    return [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]


def _position(text: str, line: object, column: object) -> int:
    """Return the character, from 1, of a place that sqlglot names by line and column."""
    if not isinstance(line, int) or not isinstance(column, int):
        return 0
    before = text.split("\n")[: max(0, line - 1)]
    return min(len(text), sum(len(one) + 1 for one in before) + max(1, column))


def _check_complete(
    text: str, tokens: Sequence[Token], trees: Sequence[exp.Expr], catalog: Catalog
) -> None:
    """Refuse a text of which a column's name is not in the tree as often as in the words.

    What a grammar skips without a word would be skipped by every check after it.
    """
    columns = {
        column.name for relation in catalog.relations() for column in catalog.columns(relation.id)
    }
    seen: Counter[str] = Counter()
    nodes = 0
    for tree in trees:
        for node in tree.walk():
            nodes += 1
            if nodes > MAX_NODES:
                raise refused("the statement is too long to be checked", TOO_LONG)
            seen.update(folded(one) for one in node.args.values() if isinstance(one, str))
            seen[folded(type(node).__name__)] += 1
    written: Counter[str] = Counter()
    for token in tokens:
        name = folded(token.text)
        if name not in columns:
            continue
        if token.token_type in {TokenType.VAR, TokenType.IDENTIFIER}:
            written[name] += 1
        elif token.token_type is TokenType.STRING and text[token.start] == '"':
            raise refused(
                "text in double quotes is a column for some settings of the data store; use "
                "single quotes",
                position=token.start + 1,
            )
    if any(written[name] > seen[name] for name in written):
        raise refused("a part of the statement was not understood")
