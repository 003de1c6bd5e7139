"""The policies of a configuration, checked against the operators that there are."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from scrim.masking.choice import policy_operator_problem
from scrim.policy.bundle import Bundle, BundleError, Policy, load_bundle


def load_policies(folder: Path, *, commit: str = "") -> Bundle:
    """Load the policies of a folder.

    Args:
        folder: The folder.
        commit: The git commit that it is at, for the records.

    Raises:
        BundleError: If a file cannot be read, a policy does not pass the schema, or one names an
            operator that a policy cannot choose.
    """
    bundle = load_bundle(folder, commit=commit)
    problems = list(_operator_problems(bundle.policies.values()))
    if problems:
        raise BundleError(*problems)
    return bundle


def _operator_problems(policies: Iterable[Policy]) -> Iterator[str]:
    for policy in policies:
        for name, value in policy.obligations:
            if name == "operator" and (problem := policy_operator_problem(value)):
                yield f'{policy.name}: @operator("{value}") {problem}'
