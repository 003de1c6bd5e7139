"""Masks Arrow data in programs of their own: `scrim.mask`.

Equal values get equal replacements, and the same ones that a gateway with the same key and
operators gives: what is masked here still joins with what was queried there.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from scrim.config.masking import Masking
from scrim.config.operators import OperatorChoice
from scrim.config.secrets import SecretError
from scrim.detection.catalogue import Catalogue, builtin_catalogue
from scrim.detection.columns import ColumnJudge
from scrim.detection.scan import Scanner, gateway_scanner
from scrim.domain.arguments import check_mapping, check_names, check_path, check_text, wrong_type
from scrim.masking.arrow.cells import ArrowError
from scrim.masking.arrow.kinds import named_type
from scrim.masking.arrow.masker import BatchMasker, Late, MaskSettings
from scrim.masking.arrow.places import every
from scrim.masking.arrow.verdicts import Known
from scrim.masking.choice import OperatorError, OperatorTable, check_entity
from scrim.masking.keys import MaskingKey, decode_key, load_key
from scrim.masking.plans import PlanMaker, new_masker
from scrim.masking.profile import load_profile

_ENTITIES = "docs/reference/entities.md"
Choice = str | Mapping[str, Any]
"""An operator by its name, or its name and options."""


def mask(  # noqa: PLR0913 - all that can be said of a table, with defaults
    data: Any,  # noqa: ANN401 - pyarrow declares no types
    *,
    key: bytes | None = None,
    key_file: str | PathLike[str] | None = None,
    key_env: str | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
    types: Mapping[str, Choice] | None = None,
    operators: Mapping[str, Choice] | None = None,
    profile: str | None = None,
    table: str = "",
    late: Late = "refuse",
) -> Any:  # noqa: ANN401
    """Return Arrow data with what is sensitive in it replaced.

    Args:
        data: A record batch, a table, an iterable of record batches of one schema, or whatever has
            Arrow's C stream interface.
        key: The masking key: 32 bytes, or base64 of them.
        key_file: A file with it, readable by its owner only.
        key_env: An environment variable with it.
        columns: Entities by name of the column; fields of structs are named `column.field`.
            Columns that are not named are looked at.
        keep: Columns that stay as they are, whatever is in them.
        types: Types of PostgreSQL by name of the column, in which texts are written, such as
            `uuid` or `inet`.
        operators: Operators by entity, where they differ from the profile or the defaults.
        profile: Operators for a purpose, such as `analytics`.
        table: Name of the table that the data is from, which helps to tell what columns hold.
        late: What happens when further batches show that a column, which the first did not show to
            hold an entity, holds one: `refuse` raises, `search` goes on to search its cells.

    Returns:
        A record batch for one, an iterator for an iterable, a table for anything else; of the same
        schema, with the rows in their order, where no operator leaves out columns or rows.

    Raises:
        ValueError: If the key is not exactly one that can be used, or an entity, an operator, a
            profile, a type or a column does not exist or cannot be masked.
        TypeError: If the data or an argument is of another type.
    """
    settings = mask_settings(
        _key(key, key_file, key_env),
        columns=columns,
        keep=keep,
        types=types,
        operators=operators,
        profile=profile,
        table=table,
        late=late,
    )
    if isinstance(data, pa.RecordBatch):
        return BatchMasker(data.schema, settings).mask(data)
    if isinstance(data, pa.Table):
        return _masked_table(data, settings)
    if isinstance(data, Iterable) and not isinstance(data, str | bytes | Mapping):
        return _masked_stream(data, settings)
    if hasattr(data, "__arrow_c_stream__"):
        return _masked_table(pa.table(data), settings)
    raise wrong_type("mask", data, "a record batch, a table, or an iterable of batches of Arrow")


def mask_settings(  # noqa: PLR0913 - as `mask`
    key: bytes | MaskingKey,
    *,
    columns: Mapping[str, str] | None = None,
    keep: Collection[str] = (),
    types: Mapping[str, Choice] | None = None,
    operators: Mapping[str, Choice] | None = None,
    profile: str | None = None,
    table: str = "",
    late: Late = "refuse",
) -> MaskSettings:
    """Return what `BatchMasker` takes, checked; the parameters are those of `mask`.

    Raises:
        ValueError: As `mask`.
        TypeError: As `mask`.
    """
    _check_arguments(columns, keep, types, operators, profile, table, late)
    today = datetime.now(UTC).date()
    try:
        chosen = chosen_operators(operators or {}, builtin_catalogue(), today)
        own = load_profile(profile, today) if profile is not None else None
        table_of_operators = OperatorTable(chosen, profile=own)
        named = {path: named_type(name) for path, name in (types or {}).items()}
        secret = key if isinstance(key, MaskingKey) else _decoded(key)
    except (OperatorError, SecretError) as error:
        raise ArrowError(str(error)) from None
    known = known_columns(columns or {}, keep, table, builtin_catalogue())
    return settings_of(secret, table_of_operators, known, types=named, late=late)


def settings_of(  # noqa: PLR0913 - what the parts of MaskSettings are made of
    key: MaskingKey,
    operators: OperatorTable,
    known: Known,
    *,
    types: Mapping[str, Any],
    late: Late,
    scanner: Scanner | None = None,
    judge: ColumnJudge | None = None,
) -> MaskSettings:
    """Return what `BatchMasker` takes.

    Args:
        key: The masking key.
        operators: The operators in force.
        known: What is said of the columns.
        types: What texts are, by path.
        late: What happens when a decision turns out to be wrong.
        scanner: Searches values; without one, for the entities that come with scrim.
        judge: Tells what columns hold; without one, by what the scanner searches for.
    """
    scanner = scanner or gateway_scanner(operators.named_entities)
    maker = PlanMaker(new_masker(key, scanner.detector, operators), operators)
    return MaskSettings(maker, scanner, judge or _judge(scanner), known, types, late)


@lru_cache(maxsize=4)
def _judge(scanner: Scanner) -> ColumnJudge:
    return ColumnJudge(scanner.catalogue)


def known_columns(
    entities: Mapping[str, str], keep: Collection[str], table: str, catalogue: Catalogue
) -> Known:
    """Check what is said of the columns.

    Args:
        entities: Entities by path.
        keep: Paths that stay as they are.
        table: Name of the table.
        catalogue: The entities that there are.

    Raises:
        ValueError: If an entity does not exist, or a column is named and kept.
    """
    for path, entity in entities.items():
        if entity not in catalogue.names:
            raise ArrowError(f"column {path}: there is no entity {entity}; {_ENTITIES} lists them")
    both = sorted(set(entities) & set(keep))
    if both:
        raise ArrowError(f"column {both[0]} cannot both stay as it is and hold an entity")
    return Known(dict(entities), frozenset(keep), table)


def chosen_operators(
    choices: Mapping[str, Choice], catalogue: Catalogue, today: date | None = None
) -> dict[str, Mapping[str, Any]]:
    """Check operators by entity.

    Args:
        choices: The operators, by name or with options.
        catalogue: The entities that there are.
        today: The day, for operators that depend on it.

    Raises:
        OperatorError: If an entity or an operator does not exist, or an option is wrong.
    """
    checked: dict[str, Mapping[str, Any]] = {}
    for entity, choice in choices.items():
        if entity not in catalogue.names:
            raise OperatorError(f"operators.{entity}", f"is not an entity; {_ENTITIES} lists them")
        wanted = "a name, or a mapping of name and options"
        if not isinstance(choice, str):
            check_mapping(f"operators.{entity}", choice, wanted)
        options = {"name": choice} if isinstance(choice, str) else dict(choice)
        try:
            given = OperatorChoice.model_validate(options)
        except ValidationError:
            raise OperatorError(f"operators.{entity}", "is not a name with options") from None
        checked[entity] = check_entity(entity, given, f"operators.{entity}", today)
    return checked


def _check_arguments(  # noqa: PLR0913, PLR0917 - those of `mask`
    columns: object,
    keep: object,
    types: object,
    operators: object,
    profile: object,
    table: object,
    late: object,
) -> None:
    """Check the types of what `mask` is given. Raises TypeError, and ArrowError for `late`."""
    for name, given, wanted in (
        ("columns", columns, "a mapping of columns to entities"),
        ("types", types, "a mapping of columns to types"),
        ("operators", operators, "a mapping of entities to operators"),
    ):
        if given is not None:
            check_mapping(name, given, wanted)
    for entity in (columns or {}).values():  # type: ignore[attr-defined]
        check_text("columns: one of its entities", entity)
    check_names("keep", keep)
    check_text("profile", profile, optional=True)
    check_text("table", table)
    if late not in ("refuse", "search"):
        raise ArrowError("late takes refuse or search")


def _key(
    key: bytes | None, key_file: str | PathLike[str] | None, key_env: str | None
) -> MaskingKey:
    if sum(one is not None for one in (key, key_file, key_env)) != 1:
        raise ArrowError("give exactly one of key, key_file and key_env")
    if key_file is not None:
        check_path("key_file", key_file)
    check_text("key_env", key_env, optional=True)
    if key_file is not None and "\0" in str(key_file):
        raise ArrowError("key_file holds a NUL character; name a file")
    try:
        if key is not None:
            return _decoded(key)
        path = None if key_file is None else Path(key_file)
        return load_key(Masking.model_construct(key_file=path, key_env=key_env), os.environ)
    except SecretError as error:
        raise ArrowError(str(error)) from None


def _decoded(key: object) -> MaskingKey:
    """Read a key. Raises SecretError, and TypeError for what are no bytes."""
    if isinstance(key, str):
        # A text is base64, never the 32 bytes themselves.
        key = b" " + key.encode()
    if not isinstance(key, bytes | bytearray | memoryview):
        raise wrong_type("key", key, "bytes")
    return decode_key(bytes(key))


def _masked_table(table: Any, settings: MaskSettings) -> Any:  # noqa: ANN401
    masker = BatchMasker(table.schema, settings)
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
    if len(batches) > 1:
        # All of it is here, and so all of it can be asked what it is.
        step = max(table.num_rows // _TABLE_ROWS, 1)
        masker.decide(every(table, step), of_all=True)
    masked = [masker.mask(batch) for batch in batches]
    return pa.Table.from_batches(masked, schema=masker.masked_schema)


def _masked_stream(batches: Iterable[Any], settings: MaskSettings) -> Iterator[Any]:
    masker: BatchMasker | None = None
    for batch in batches:
        if not isinstance(batch, pa.RecordBatch):
            raise wrong_type("mask: an iterable", batch, "record batches")
        masker = masker or BatchMasker(batch.schema, settings)
        yield masker.mask(batch)


_TABLE_ROWS = 2_048
