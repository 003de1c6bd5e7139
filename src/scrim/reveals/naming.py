"""Checks what a request names, before anybody is asked whether it is permitted."""

import difflib
from collections.abc import Collection

from scrim.masking.choice import OperatorTable
from scrim.masking.registry import registry
from scrim.masking.rewriter import UNNAMED_DOMAIN
from scrim.policy.grants import ConnectionFacts
from scrim.reveals.request import RequestError

_MOST_NAMES = 3


def check_entity(entity: str, known: Collection[str], facts: ConnectionFacts) -> None:
    """Check an entity that a request names.

    Args:
        entity: The entity.
        known: Every entity that detection knows.
        facts: The connection, whose tags with a dot are entities too.

    Raises:
        RequestError: If there is none of this name. The message does not repeat it, as it may be
            anything, and says which are like it.
    """
    tags = frozenset().union(*facts.column_tags.values(), *facts.relation_tags.values())
    if entity in known or entity == UNNAMED_DOMAIN or ("." in entity and entity in tags):
        return
    close = difflib.get_close_matches(entity, known, _MOST_NAMES)
    if not close:
        groups = sorted({name.partition(".")[0] for name in known})
        close = [f"{group}.…" for group in groups]
        raise RequestError(
            "entity: there is no such entity; the names are "
            f"{', '.join(close)}, as docs/reference/entities.md lists them"
        )
    raise RequestError(f"entity: there is no such entity; close to it are {', '.join(close)}")


def check_operator(name: str, operators: OperatorTable) -> None:
    """Check an operator that a request names.

    Args:
        name: The operator; empty for the usual one.
        operators: The operators in force.

    Raises:
        RequestError: If no policy could have named it.
    """
    if not name or not operators.policy_problem(name):
        return
    if name in registry():
        raise RequestError(
            "operator: it needs options, so no policy can have named it; give the name that it has "
            "under `masking.named`"
        )
    back = sorted(one for one, declared in registry().items() if declared.reversible)
    raise RequestError(
        f"operator: there is no such operator; those that can be turned back are {', '.join(back)}"
        ", and what `masking.named` names"
    )
