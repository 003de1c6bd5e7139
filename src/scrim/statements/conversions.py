"""Which expressions read a value as something that the schema defines.

Whether a value can be a domain, a label of an enumeration or the name of a table depends on what
stands in the catalog. Who puts a guess there has the value compared with it, though no guess is in
the statement.
"""

from collections.abc import Iterable
from typing import Final

from scrim.statements.catalog import Catalog
from scrim.statements.facts import Flow, Name
from scrim.statements.functions import is_listed
from scrim.statements.pure_functions import METADATA_FUNCTIONS

_TELLING_NOTHING: Final = frozenset({"format_type", "pg_typeof"})


def converts_by_schema(flow: Flow, catalog: Catalog) -> bool:
    """Say whether what an expression is made of is read by definitions in the schema.

    Args:
        flow: What it is made of.
        catalog: The data store's schema.
    """
    return (
        any(not catalog.is_plain_type(name.name) for name in flow.types)
        or _any_defined(flow.functions, catalog)
        or any(_may_be_type(name, catalog) for name in flow.attributes)
        or any(_may_be_type(row.field, catalog) for row in flow.rows if row.field != "*")
    )


def _may_be_type(attribute: str, catalog: Catalog) -> bool:
    """Say whether the name after a dot may be that of a type, which the value is cast to."""
    return catalog.is_defined_type(attribute) or not (
        attribute in catalog.column_names or catalog.is_attribute_function(attribute)
    )


def _any_defined(functions: Iterable[Name], catalog: Catalog) -> bool:
    """Say whether a function looks a name up, or may be a cast written like a call."""
    return any(
        (function.name in METADATA_FUNCTIONS and function.name not in _TELLING_NOTHING)
        or catalog.is_defined_type(function.name)
        or not (is_listed(function.name) or catalog.is_function(function.name))
        for function in functions
    )
