"""How `scrim scan` shows what it found: a table, plain lines, JSON, or tags. Never a value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import yaml
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scrim.cli.failures import printable
from scrim.config.relation_names import join_name
from scrim.detection.inventory import ColumnReport, Inventory

SURE, LIKELY = 0.85, 0.5


def show(inventory: Inventory, *, everything: bool, console: Console | None = None) -> None:
    """Print an inventory as a table to a terminal, and as plain lines into a pipe.

    Args:
        inventory: What was found.
        everything: Whether to show columns in which nothing was found too.
        console: Where to; standard output without one.
    """
    console = console or Console()
    shown = inventory.columns if everything else inventory.sensitive
    if not console.is_terminal:
        for line in lines(inventory, shown):
            print(line, file=console.file)  # noqa: T201, RUF100 - a command's own output
        return
    if shown:
        console.print(_column_table(shown))
    if inventory.findings:
        console.print(_finding_table(inventory))
    for line in (summary(inventory), *inventory.notes):
        console.print(printable(line), markup=False, highlight=False)


def lines(inventory: Inventory, shown: Sequence[ColumnReport]) -> Iterator[str]:
    """Yield an inventory as lines: fields of columns are separated by tabs, as `cut` takes them."""
    for one in shown:
        fields = (
            table_name(one),
            one.column.name,
            one.type or "-",
            one.entity or "-",
            f"{one.confidence:.2f}",
            "; ".join((*one.evidence, *one.shapes[:1])),
        )
        yield "\t".join(map(printable, fields))
    for finding in inventory.findings:
        yield printable(
            f"{inventory.source}:{finding.line}:{finding.column}: {finding.entity} "
            f"{finding.confidence:.2f} {finding.shape} ({finding.evidence})"
        )
    for line in (summary(inventory), *inventory.notes):
        yield f"# {printable(line)}"


def summary(inventory: Inventory) -> str:
    """Return the outcome in a sentence."""
    entities = inventory.by_entity()
    listed = ", ".join(f"{name} {count}" for name, count in entities.most_common())
    others = sum(count for name, count in entities.items() if name in inventory.informational)
    found = entities.total() - others
    if inventory.columns:
        outcome = f"{found} of {len(inventory.columns)} columns are sensitive"
    else:
        outcome = f"{found:,} sensitive values"
    if others:
        outcome += f", {others:,} informational"
    return f"{inventory.source}: {outcome}" + (f": {listed}" if listed else "")


def table_name(report: ColumnReport) -> str:
    """Return the name of a column's table, with its schema where it has one."""
    column = report.column
    return f"{column.schema}.{column.relation}" if column.schema else column.relation


def json_of(inventory: Inventory) -> str:
    """Return an inventory as JSON."""
    columns = [
        {
            "schema": one.column.schema,
            "table": one.column.relation,
            "column": one.column.name,
            "type": one.type,
            "entity": one.entity,
            "confidence": round(one.confidence, 4),
            "inside": one.inside,
            "evidence": one.evidence,
            "shapes": one.shapes,
            "values": one.values,
            "found": one.found,
        }
        for one in inventory.columns
    ]
    findings = [asdict(one) for one in inventory.findings]
    for finding in findings:
        finding["confidence"] = round(finding["confidence"], 4)
    document = {
        "source": inventory.source,
        "sensitive": inventory.found,
        "entities": dict(inventory.by_entity()),
        "columns": columns,
        "findings": findings,
        "notes": inventory.notes,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def tags_block(
    inventory: Inventory, known: Mapping[str, Sequence[str]], *, informational: bool
) -> str:
    """Return the `tags` of a connection as YAML: those that it has, and those that were found.

    A column that only holds values inside of texts gets none: its cells are searched anyway. Nor
    does one that is informational, such as a country, unless it is asked for: the gateway leaves it
    alone, and would mask it for its tag. How many those are is said in the inventory's notes.

    Args:
        inventory: What was found.
        known: The tags that it has in scrim.yaml.
        informational: Whether to tag what is informational too.
    """
    tags = {name: list(given) for name, given in known.items()}
    left = 0
    for one in inventory.sensitive:
        if one.entity is None or one.inside:
            continue
        if one.entity in inventory.informational and not informational:
            left += 1
            continue
        name = join_name((one.column.schema, one.column.relation, one.column.name))
        given = tags.setdefault(name, [])
        if one.entity not in given:
            given.append(one.entity)
    if left:
        inventory.notes.append(
            f"{left} columns are informational and have no tag here; --tags-informational adds them"
        )
    block = {"connections": {inventory.source: {"tags": tags}}}
    return yaml.safe_dump(block, allow_unicode=True, sort_keys=False, width=1000)


def _column_table(shown: Sequence[ColumnReport]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    for heading in ("table", "column", "type", "entity"):
        table.add_column(heading, overflow="fold")
    table.add_column("sure", justify="right")
    table.add_column("evidence", overflow="fold", ratio=1)
    last = ""
    for one in shown:
        name = table_name(one)
        evidence = "; ".join(one.evidence) + (f"  e.g. {one.shapes[0]}" if one.shapes else "")
        table.add_row(
            Text(printable(name if name != last else "")),
            Text(printable(one.column.name)),
            Text(printable(one.type), style="dim"),
            Text((one.entity or "") + (" (inside)" if one.inside else ""), style="bold"),
            Text(f"{one.confidence:.2f}" if one.entity else "", style=_style(one.confidence)),
            Text(printable(evidence), style="dim"),
        )
        last = name
    return table


def _finding_table(inventory: Inventory) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    table.add_column("line:column", justify="right")
    table.add_column("entity", overflow="fold")
    table.add_column("sure", justify="right")
    table.add_column("looks like", overflow="fold")
    table.add_column("evidence", overflow="fold")
    for one in inventory.findings:
        table.add_row(
            Text(f"{one.line}:{one.column}"),
            Text(one.entity, style="bold"),
            Text(f"{one.confidence:.2f}", style=_style(one.confidence)),
            Text(printable(one.shape)),
            Text(one.evidence, style="dim"),
        )
    return table


def _style(confidence: float) -> str:
    if confidence >= SURE:
        return "bold red"
    return "yellow" if confidence >= LIKELY else "dim"
