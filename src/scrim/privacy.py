"""Statistics about people that may be shown: groups large enough, and numbers with noise.

    from scrim import privacy

    report = privacy.check(table, privacy.Requirement(("zip", "age"), k=5))
    with privacy.open_budgets("scrim.yaml") as budgets:
        budget = budgets.of("ana", "orders")
        answer = privacy.private_count(table, privacy.Loss(epsilon=0.5), budget)

docs/reference/privacy.md says what each of these does, and what it does not. Whatever reads Arrow
needs pyarrow, noise needs OpenDP, budgets need SQLAlchemy: the extra `privacy` has them all. They
are loaded when first used.
"""

import contextlib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scrim.audit.acts import COMMAND_WORKER, system_user
from scrim.audit.log import AuditLog
from scrim.audit.records import Origin, privacy_record
from scrim.config.load import load_shape
from scrim.domain.arguments import check_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrim.config.audit import Audit
    from scrim.masking.groups.anonymity import Anonymous, check, enforce
    from scrim.masking.groups.budget import Balance, Budget, Budgets
    from scrim.masking.groups.budget_store import BudgetError
    from scrim.masking.groups.hierarchies import Ancestors, Bins, Periods, Prefix
    from scrim.masking.groups.loss import Loss
    from scrim.masking.groups.minimum import Shown, minimum_groups
    from scrim.masking.groups.requirements import GroupError, Report, Requirement
    from scrim.masking.groups.statistics import (
        Answer,
        Bounds,
        Unit,
        private_count,
        private_mean,
        private_quantile,
        private_sum,
    )

__all__ = [
    "Ancestors",
    "Anonymous",
    "Answer",
    "Balance",
    "Bins",
    "Bounds",
    "Budget",
    "BudgetError",
    "Budgets",
    "GroupError",
    "Loss",
    "Periods",
    "Prefix",
    "Report",
    "Requirement",
    "Shown",
    "Unit",
    "check",
    "enforce",
    "minimum_groups",
    "open_budgets",
    "private_count",
    "private_mean",
    "private_quantile",
    "private_sum",
]

_HOMES: Final = {
    "anonymity": ("Anonymous", "check", "enforce"),
    "budget": ("Balance", "Budget", "Budgets"),
    "budget_store": ("BudgetError",),
    "hierarchies": ("Ancestors", "Bins", "Periods", "Prefix"),
    "loss": ("Loss",),
    "minimum": ("Shown", "minimum_groups"),
    "requirements": ("GroupError", "Report", "Requirement"),
    "statistics": (
        "Answer",
        "Bounds",
        "Unit",
        "private_count",
        "private_mean",
        "private_quantile",
        "private_sum",
    ),
}
_MODULES: Final = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Return what a name of this module stands for, loading it when it is first used.

    Raises:
        AttributeError: If it stands for nothing.
        ModuleNotFoundError: If what it needs is not installed.
    """
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module 'scrim.privacy' has no attribute {name!r}")
    return getattr(_loaded(module), name)


def _loaded(module: str) -> object:
    try:
        return import_module(f"scrim.masking.groups.{module}")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is not installed; `pip install 'scrim-gateway[privacy]'` brings it",
            name=error.name,
        ) from None


@contextlib.contextmanager
def open_budgets(config: Path | str = "scrim.yaml") -> "Iterator[Budgets]":
    """Yield the privacy budgets that a configuration names; every act is recorded in its audit log.

    Args:
        config: The configuration file.

    Raises:
        ConfigError: If the configuration cannot be used.
        BudgetError: If it names no budgets, or they cannot be opened.
    """
    check_path("config", config)
    _loaded("budget")
    from scrim.masking.groups.budget import Budgets  # noqa: PLC0415 - of an extra
    from scrim.masking.groups.budget_store import BudgetError, BudgetStore  # noqa: PLC0415

    settings = load_shape(Path(config))
    if settings.privacy is None:
        raise BudgetError(
            f"{config}: has no privacy.budgets; name a file there, and budgets are kept in it"
        )
    recorder = _Recorder(settings.audit)
    try:
        yield Budgets(BudgetStore(settings.privacy.budgets), _now, recorder)
    finally:
        recorder.close()


class _Recorder:
    """Writes acts into the audit log, each of them on the disk before it counts."""

    def __init__(self, settings: "Audit") -> None:
        self._settings = settings
        self._log: AuditLog | None = None

    def __call__(self, event: str, facts: "Mapping[str, str | int | float]") -> None:
        if self._log is None:  # whoever only looks leaves no empty segment
            self._log = AuditLog(self._settings, COMMAND_WORKER, _now)
        origin = Origin("scrim", COMMAND_WORKER)
        self._log.write(privacy_record(origin, event, {"user": system_user(), **facts}))
        self._log.sync()

    def close(self) -> None:
        if self._log is not None:
            self._log.close()


def _now() -> datetime:
    return datetime.now(UTC)
