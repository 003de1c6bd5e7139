"""Which functions return nothing but what their arguments hold."""

from collections.abc import Iterable

from scrim.statements.catalog import Catalog
from scrim.statements.facts import FunctionUse, Name, RowFunction, Source
from scrim.statements.pure_functions import (
    METADATA_FUNCTIONS,
    REVIEWED_EXTENSIONS,
    STATISTICS_PREFIX,
    VALUE_FUNCTIONS,
)
from scrim.statements.refused_functions import is_refused
from scrim.statements.reviewed_functions import is_reviewed
from scrim.statements.routines import Routine


def is_reviewed_builtin(name: str, catalog: Catalog) -> bool:
    """Say whether the system's own functions of that name were reviewed, every one of them.

    Args:
        name: The name.
        catalog: The data store's functions.
    """
    return is_listed(name) and all(
        is_reviewed(routine.id, name) for routine in catalog.routines.built_in(name)
    )


def is_listed(name: str) -> bool:
    """Say whether a name is among those of the system's own functions that were reviewed."""
    return (
        name in VALUE_FUNCTIONS
        or name in METADATA_FUNCTIONS
        or (name.startswith(STATISTICS_PREFIX) and not is_refused(name))
    )


def is_pure(function: Name | FunctionUse, catalog: Catalog) -> bool:
    """Say whether a call can return only what its arguments hold, or facts about the schema.

    A name without a schema can mean a function of the user's as soon as there is one of that name.

    Args:
        function: The name as written.
        catalog: The data store's functions.
    """
    if isinstance(function, FunctionUse) and function.attribute:
        return is_pure_attribute(function.name, catalog)
    if function.schema == "pg_catalog":
        return is_reviewed_builtin(function.name, catalog)
    if function.schema == "information_schema":
        return True
    others = [
        extension
        for schema, extension in catalog.functions(function.name)
        if function.schema is None or schema == function.schema
    ]
    if not others:
        return function.schema is None and is_reviewed_builtin(function.name, catalog)
    return all(extension in REVIEWED_EXTENSIONS for extension in others)


def is_reviewed_routine(routine: Routine, catalog: Catalog) -> bool:
    """Say whether one function returns only what its arguments hold, or facts about the schema.

    Args:
        routine: The function.
        catalog: The data store's functions.
    """
    if routine.schema == "pg_catalog" and not routine.extension:
        return is_reviewed_builtin(routine.name, catalog)
    return routine.extension in REVIEWED_EXTENSIONS


def is_pure_attribute(name: str, catalog: Catalog) -> bool:
    """Say whether `(value).name` can return only what the value holds.

    Args:
        name: The name after the dot: a field, or a function of one argument.
        catalog: The data store's functions.
    """
    return not catalog.is_attribute_function(name) or is_pure(Name(None, name), catalog)


def are_pure(functions: Iterable[Name | FunctionUse], catalog: Catalog) -> bool:
    """Say whether all of them are."""
    return all(is_pure(function, catalog) for function in functions)


def gives_rows(function: Name, catalog: Catalog) -> bool:
    """Say whether a call can give any number of rows."""
    return catalog.gives_rows(function.schema, function.name)


def result_columns(
    function: RowFunction, source: Source, catalog: Catalog
) -> tuple[str, ...] | None:
    """Return the names of the columns that a function in `FROM` has, None where not certain.

    Args:
        function: The function.
        source: The item that it stands in, which may name the only column of the only function.
        catalog: The data store's functions.
    """
    if not function.name:
        return None
    names = catalog.result_columns(function.schema, function.name)
    if names != ():
        return names
    alone = len(source.functions) == 1 and not source.columns
    return ((source.alias if alone else None) or function.name,)
