"""Finds the operators."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from scrim.masking import operators
from scrim.masking.declaration import Operator


@cache
def registry() -> Mapping[str, Operator]:
    """Return every operator by its name.

    Raises:
        ValueError: If a file of `operators` does not declare the operator that it is named after.
    """
    found: dict[str, Operator] = {}
    for module in pkgutil.iter_modules(operators.__path__):
        declared = getattr(
            importlib.import_module(f"{operators.__name__}.{module.name}"), "OPERATOR", None
        )
        if not isinstance(declared, Operator) or declared.name != module.name:
            raise ValueError(
                f"masking/operators/{module.name}.py must declare OPERATOR of its name"
            )
        found[declared.name] = declared
    return found
