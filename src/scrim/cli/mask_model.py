"""What a file is masked like: what comes with scrim, a configuration, or a connection of one."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.config.relation_names import split_name
from scrim.config.root import Config
from scrim.detection.catalogue import Catalogue
from scrim.detection.columns import ColumnJudge
from scrim.detection.scan import Scanner
from scrim.masking.arrow.verdicts import Known
from scrim.masking.choice import OperatorError, OperatorTable
from scrim.policy.grants import ConnectionFacts
from scrim.server.foundation import (
    connection_judge,
    connection_scanner,
    general_catalogue,
    protecting_scanner,
)

_RELATION_PARTS = 2


@dataclass(frozen=True)
class Model:
    """With what a gateway of the same configuration would mask.

    Attributes:
        operators: The operators in force.
        judged: All entities, which names and tags of columns can tell.
        today: The day, for operators that depend on it.
        config: The configuration, if there is one.
        facts: What the configuration says of the connection, if one is named.
        relation: Schema and name of the table that the file is from; empty if that is not said.
    """

    operators: OperatorTable
    judged: Catalogue
    today: date
    config: Config | None = None
    facts: ConnectionFacts | None = None
    relation: tuple[str, ...] = ()

    def scanner(self, operators: OperatorTable) -> Scanner:
        """Return what values are searched with.

        Args:
            operators: The operators in force, those of the command line too.
        """
        if self.config is None or self.facts is None:
            return protecting_scanner(self.config, operators)
        return connection_scanner(self.config, self.facts.name, operators)

    def judge(self, operators: OperatorTable) -> ColumnJudge | None:
        """Return what tells what columns hold; None where it is what values are searched for.

        Args:
            operators: The operators in force, those of the command line too.
        """
        if self.config is None or self.facts is None:
            return None
        return connection_judge(self.config, operators)

    def tagged(self, known: Known) -> Known:
        """Add what the connection's tags say of the table's columns.

        Args:
            known: What the command line says, which goes before.
        """
        if self.facts is None or not self.relation:
            return known
        schema, table = self.relation
        tags = {
            column: tags
            for (in_schema, in_table, column), tags in self.facts.column_tags.items()
            if (in_schema, in_table) == (schema, table)
        }
        of_all = self.facts.relation_tags.get((schema, table), frozenset())
        return replace(known, table=table, schema=schema, tags=tags, table_tags=of_all)


def model_of(config: Config | None, connection: str | None, table: str | None) -> Model:
    """Return what a file is to be masked like.

    Args:
        config: The configuration, if there is one.
        connection: Name of one of its connections, to mask as its results are.
        table: The connection's table that the file is from, as `schema.table`.

    Raises:
        CommandError: If there is no such connection, or a name is none.
        ConfigError: If an entity of the configuration cannot be used.
    """
    if table is not None and connection is None:
        raise CommandError("--table names a table of a connection: give --connection", EXIT_USAGE)
    today = datetime.now(UTC).date()
    catalogue = general_catalogue(config)
    try:
        if config is None or connection is None:
            operators = OperatorTable({})
            if config is not None:
                operators = OperatorTable.of(config.masking, today=today)
            return Model(operators, catalogue, today, config)
        settings = config.connections.get(connection)
        if settings is None:
            known = ", ".join(sorted(config.connections)) or "none"
            raise CommandError(
                f"--connection {connection}: there is no such connection; there are: {known}",
                EXIT_USAGE,
            )
        return Model(
            OperatorTable.of(config.masking, settings, connection, today),
            catalogue,
            today,
            config,
            ConnectionFacts.of(connection, settings),
            _relation(table),
        )
    except OperatorError as error:
        raise CommandError(str(error), EXIT_USAGE) from None


def _relation(table: str | None) -> tuple[str, ...]:
    if table is None:
        return ()
    try:
        parts = split_name(table)
    except ValueError:
        parts = ()
    if len(parts) != _RELATION_PARTS:
        raise CommandError(f"--table {table}: write schema.table", EXIT_USAGE)
    return parts
