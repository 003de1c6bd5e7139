"""Everything of a gateway that follows from its configuration, built anew when that changes."""

import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from scrim.audit.records import BundleFacts, Origin
from scrim.config.entities import CustomEntities
from scrim.config.errors import ConfigError, Problem
from scrim.config.root import Config
from scrim.config.secrets import SecretError
from scrim.detection.catalogue import Catalogue, builtin_catalogue
from scrim.detection.columns import ColumnJudge
from scrim.detection.custom import custom_catalogue
from scrim.detection.scan import Scanner, builtin_scanner, gateway_scanner
from scrim.enforcement import Enforcement, Tools
from scrim.identity.authenticator import Authenticator
from scrim.identity.configured import Surroundings, build_authenticator
from scrim.masking.choice import OperatorError, OperatorTable
from scrim.masking.keys import MaskingKey, key_setting, load_key
from scrim.masking.plans import PlanMaker, new_masker
from scrim.masking.results import ResultTools
from scrim.policy.bundle import Bundle, BundleError, commit_of
from scrim.policy.engine import PolicyEngine
from scrim.policy.grants import Grants, GrantsBook
from scrim.protocols.postgres.dialect import PostgresDialect
from scrim.server.policies import load_policies
from scrim.server.store import Store
from scrim.upstream.limits import PoolLimits
from scrim.upstream.pool import Pool
from scrim.upstream.target import APPLICATION_NAME, build_target

ENFORCED_OBLIGATIONS: Final = frozenset({"max_rows"})
"""Obligations of policies that this release meets; a permit with another one is a denial."""
SESSION_PARAMETERS: Final = (
    ("application_name", APPLICATION_NAME),
    # What masking relies on, whatever the database's own defaults; RESET goes back to these.
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
)


@dataclass(frozen=True, slots=True)
class Foundation:
    """What sessions are decided with under one configuration.

    Attributes:
        bundle: The policies.
        key_version: The version of the masking key that masks.
        engine: Who asks them.
        book: What they have answered.
        authenticator: Who proves who clients are.
        stores: The data stores by name.
        scanners: Search the values of each data store.
        judges: Tell what the columns of each data store hold.
        makers: Makes the plans of each data store.
        filter_key: Keys the hashes of what is asked of protected columns.
    """

    bundle: Bundle
    key_version: int
    engine: PolicyEngine
    book: GrantsBook
    authenticator: Authenticator
    stores: dict[str, Store]
    scanners: dict[str, Scanner]
    judges: dict[str, ColumnJudge]
    makers: dict[str, PlanMaker]
    filter_key: bytes = field(repr=False)

    def enforcement(self, store: Store, grants: Grants, origin: Origin) -> Enforcement:
        """Return who decides for a principal in a data store.

        Args:
            store: The data store, whose catalog is loaded.
            grants: What the principal may do there.
            origin: Who writes records.
        """
        results = ResultTools(
            store.lookup,
            self.makers[store.name],
            self.scanners[store.name],
            self.judges[store.name],
            store.verdicts,
            store.settings.filtering,
        )
        tools = Tools(
            results=results,
            lineage=store.lineage,
            origin=origin,
            bundle=BundleFacts(self.bundle.digest, self.bundle.commit),
            protocol=store.settings.protocol,
            masked_writes=store.settings.masked_writes,
        )
        return Enforcement(grants, tools)


def build_foundation(
    config: Config, known: Mapping[str, Store], on_catalog: Callable[[Store], None]
) -> Foundation:
    """Build what follows from a configuration.

    Args:
        config: The configuration.
        known: The data stores in use; those whose settings have not changed go on.
        on_catalog: Called when a data store's catalog has changed.

    Raises:
        ConfigError: If the configuration names something that cannot be used.
    """
    try:
        bundle = load_policies(
            config.policies,
            OperatorTable.of(config.masking),
            commit=commit_of(config.policies),
        )
        key = _load_key(config)
        operators = _operators(config)
        scanners = {name: connection_scanner(config, name, operators[name]) for name in operators}
        makers = _plan_makers(operators, key, scanners)
        stores = {
            name: _store(config, name, known.get(name), on_catalog) for name in config.connections
        }
        surroundings = Surroundings(time.time, secrets.token_bytes, key.derive(b"scrim mock salt"))
        authenticator = build_authenticator(config.identity, stores.__contains__, surroundings)
    except BundleError as error:
        raise ConfigError(*(_problem("policies", text) for text in error.problems)) from None
    except OperatorError as error:
        raise ConfigError(_problem(error.key, error.reason)) from None
    except SecretError as error:
        raise ConfigError(_problem("", str(error))) from None
    for store in stores.values():
        store.verdicts.watches_confidence = bundle.reads_confidence
    engine = PolicyEngine(bundle, ENFORCED_OBLIGATIONS)
    judges = {name: connection_judge(config, table) for name, table in operators.items()}
    book = GrantsBook(engine)
    return Foundation(
        bundle,
        key.version,
        engine,
        book,
        authenticator,
        stores,
        scanners,
        judges,
        makers,
        key.derive(b"values of conditions"),
    )


def general_scanner(config: Config | None) -> Scanner:
    """Return what searches values for every entity, those of the configuration too.

    Args:
        config: The configuration, None for what comes with scrim and its plug-ins alone.

    Raises:
        ConfigError: If an entity of the configuration, or a plug-in, cannot be used.
    """
    catalogue = general_catalogue(config)
    return builtin_scanner() if catalogue is builtin_catalogue() else _compiled(catalogue.general())


def general_catalogue(config: Config | None) -> Catalogue:
    """Return every entity that there is, those of the configuration too.

    Args:
        config: The configuration, None for what comes with scrim and its plug-ins alone.

    Raises:
        ConfigError: If an entity of the configuration, or a plug-in, cannot be used.
    """
    return custom_catalogue(CustomEntities() if config is None else config.detection)


def protecting_scanner(config: Config | None, operators: OperatorTable) -> Scanner:
    """Return what searches values for what is masked without being listed.

    Args:
        config: The configuration, None for what comes with scrim and its plug-ins alone.
        operators: The operators in force, whose entities count even if they are informational.

    Raises:
        ConfigError: If an entity of the configuration, or a plug-in, cannot be used.
    """
    catalogue = general_catalogue(config)
    named = operators.named_entities
    if catalogue is builtin_catalogue():
        return gateway_scanner(named)
    return _compiled(catalogue.protected(catalogue.masked_if_named(named)))


def connection_judge(config: Config, operators: OperatorTable) -> ColumnJudge:
    """Return what tells what the columns of a data store hold.

    Args:
        config: The configuration.
        operators: The operators of the connection.

    Raises:
        ConfigError: If an entity of the configuration, or a plug-in, cannot be used.
    """
    catalogue = general_catalogue(config)
    return _judge(catalogue.protected(catalogue.masked_if_named(operators.named_entities)))


@lru_cache(maxsize=4)
def _judge(catalogue: Catalogue) -> ColumnJudge:
    """Prepare the names of a catalogue once for all connections that have all of it."""
    return ColumnJudge(catalogue)


def connection_scanner(config: Config, name: str, operators: OperatorTable) -> Scanner:
    """Return what the gateway searches the values of a data store with.

    Names and tags of columns count whatever it is.

    Args:
        config: The configuration.
        name: The data store.
        operators: The operators of the connection.

    Raises:
        ConfigError: If it names an entity that there is none of, or one cannot be used.
    """
    wanted = config.connections[name].detection.entities
    if wanted is None:
        return protecting_scanner(config, operators)
    catalogue = general_catalogue(config)
    unknown = sorted(set(wanted) - set(catalogue.names))
    if unknown:
        raise ConfigError(
            _problem(
                f"connections.{name}.detection.entities",
                f"names no entity by {', '.join(unknown)}; docs/reference/entities.md lists them",
            )
        )
    return Scanner(catalogue.only(wanted))


@lru_cache(maxsize=4)
def _compiled(catalogue: Catalogue) -> Scanner:
    """Compile a catalogue once for all connections that have all of it."""
    return Scanner(catalogue)


def _operators(config: Config) -> dict[str, OperatorTable]:
    today = datetime.now(UTC).date()
    return {
        name: OperatorTable.of(config.masking, settings, name, today)
        for name, settings in config.connections.items()
    }


def _plan_makers(
    operators: Mapping[str, OperatorTable], key: MaskingKey, scanners: Mapping[str, Scanner]
) -> dict[str, PlanMaker]:
    return {
        name: PlanMaker(new_masker(key, scanners[name].detector, table), table)
        for name, table in operators.items()
    }


def _store(
    config: Config, name: str, known: Store | None, on_catalog: Callable[[Store], None]
) -> Store:
    settings = config.connections[name]
    if known is not None and known.settings == settings:
        return known
    pool = Pool(
        build_target(settings.upstream, os.environ, SESSION_PARAMETERS),
        PostgresDialect(secrets.token_bytes),
        PoolLimits.from_settings(settings.pool),
        time.monotonic,
    )
    return Store(name, settings, pool, on_catalog)


def _load_key(config: Config) -> MaskingKey:
    try:
        return load_key(config.masking, os.environ)
    except SecretError as error:
        raise ConfigError(_problem(key_setting(config.masking), str(error))) from None


def _problem(key: str, reason: str) -> Problem:
    """Name a setting; the file is the one that the supervisor accepted."""
    return Problem(Path("scrim.yaml"), 0, key, reason)
