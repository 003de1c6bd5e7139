"""The policies of a configuration, checked against the operators that there are."""

from pathlib import Path

from scrim.masking.choice import OperatorTable
from scrim.policy.bundle import Bundle, load_bundle


def load_policies(folder: Path, operators: OperatorTable, *, commit: str = "") -> Bundle:
    """Load the policies of a folder.

    Args:
        folder: The folder.
        operators: The operators in force, with those that only policies name.
        commit: The git commit that it is at, for the records.

    Raises:
        BundleError: If a file cannot be read, a policy does not pass the schema, or one names an
            operator that a policy cannot choose.
    """
    return load_bundle(folder, commit=commit, operator_problem=operators.policy_problem)
