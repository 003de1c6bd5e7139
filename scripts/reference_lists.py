"""The pages of entities, operators and metrics, from what declares them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from scrim.detection.catalogue import builtin_catalogue
from scrim.masking.choice import default_operator
from scrim.masking.registry import registry
from scrim.server.metrics import FAMILIES

if TYPE_CHECKING:
    from scrim.detection.entry import Entry

WRITTEN = "<!-- Written by scripts/reference.py from {source}; change the descriptions there. -->"


def entities_page() -> str:
    """Return the page of the entities that detection knows."""
    entries = sorted(builtin_catalogue().entries, key=lambda entry: entry.name)
    secrets = sum(entry.name.startswith("secret.") for entry in entries)
    checked = sum(entry.checksum is not None for entry in entries)
    lines = [
        "# Entities",
        "",
        WRITTEN.format(source="src/scrim/detection/entities"),
        "",
        f"What detection finds, in values and by the names of columns: {len(entries) - secrets} "
        f"kinds of data and {secrets} formats of secrets, {checked} of them with check digits. "
        "[What is found, and how](detection.md) explains the words. An entity's name is a tag: "
        "given to a column in [scrim.yaml](configuration.md) it says what the column holds. The "
        "group before the dot is a topic, or the ISO 3166 code of a country.",
        "",
        "**Found by** names the native recogniser, or one of the forms that an entry declares: "
        "`code`, `token`, `assigned`; `column` is known by names, and by values or sentences where "
        "that is added. **Informational** entities are shown by scans, and are no reason for the "
        "gateway to mask by itself.",
    ]
    for group, members in groupby(entries, key=lambda entry: entry.name.partition(".")[0]):
        lines += ["", f"## {group}", "", "| entity | found by | source | keywords near it |"]
        lines.append("|---|---|---|---|")
        for entry in members:
            words = ", ".join(entry.keywords[:5])
            lines.append(f"| `{entry.name}` | {_found_by(entry)} | {entry.source} | {words} |")
    return "\n".join(lines) + "\n"


def _found_by(entry: Entry) -> str:
    """Return in a few words how an entity's values are known."""
    ways = [f"`{entry.shape}`"]
    if entry.checksum is not None:
        ways.append("check digits")
    if entry.vote is not None:
        ways.append("values of a column")
    if entry.label is not None:
        ways.append("sentences")
    return ", ".join(ways) + ("; informational" if entry.informational else "")


def operators_page() -> str:
    """Return the page of the operators."""
    lines = [
        "# Operators",
        "",
        WRITTEN.format(source="src/scrim/masking/operators"),
        "",
        "What replaces a value. Each entity has an operator; `masking.operators` of "
        "[scrim.yaml](configuration.md) chooses another, and so does `@operator` of a "
        "[policy](policies.md). A value of a type that the operator does not accept is replaced by "
        "its type's own keyed operator. What cannot be masked within its type becomes NULL.",
        "",
        "| operator | what it makes of a value | accepts | what stays visible | turned back |",
        "|---|---|---|---|---|",
    ]
    operators = sorted(registry().values(), key=lambda operator: operator.name)
    for operator in operators:
        stays = operator.keeps or "nothing"
        back = f"yes; {operator.limits}".removesuffix("; ") if operator.reversible else "no"
        lines.append(
            f"| `{operator.name}` | {operator.description} | {operator.accepts.value} | {stays} "
            f"| {back} |"
        )
    lines += [
        "",
        "What is turned back by the key, [for whom policy permits it](../howto/reveal-a-value.md): "
        "texts as the table says, and with the same operators integers, `numeric`, `money`, dates, "
        "times, timestamps, UUIDs, bit strings, enumerations of three labels or more, and arrays "
        "of these. Booleans, floating point numbers, intervals, network addresses, bytes, "
        "documents, ranges, vectors and composites are not. FF1 and the permutations cannot know "
        "whether a value was ever masked: they turn any value of their domain into another. "
        "AES-SIV knows.",
    ]
    for operator in operators:
        fields = operator.options.model_fields
        if fields:
            lines += ["", f"## Options of `{operator.name}`", ""]
            lines += [f"- `{name}`: {field.description}" for name, field in fields.items()]
    return "\n".join([*lines, *_defaults()]) + "\n"


def _defaults() -> list[str]:
    """The operators in force where nobody chose one, by group."""
    groups: dict[str, dict[str, list[str]]] = {}
    for entity in sorted(builtin_catalogue().names):
        group = entity.partition(".")[0]
        group = "a country's code" if len(group) == 2 else group
        operator = str(default_operator(entity)["name"])
        groups.setdefault(group, {}).setdefault(operator, []).append(entity)
    lines = [
        "",
        "## Which entity has which operator",
        "",
        "As long as nobody chooses another. An entity of your own has `auto`.",
        "",
        "| group | operator | of |",
        "|---|---|---|",
    ]
    for group, operators in groups.items():
        most = max(operators, key=lambda operator: len(operators[operator]))
        for operator in sorted(operators, key=lambda operator: (operator != most, operator)):
            names = ", ".join(f"`{name}`" for name in operators[operator])
            of = "all others" if len(operators) > 1 else "all"
            lines.append(f"| {group} | `{operator}` | {of if operator == most else names} |")
    return lines


def metrics_page() -> str:
    """Return the page of the metrics."""
    lines = [
        "# Metrics",
        "",
        WRITTEN.format(source="src/scrim/server/metrics.py"),
        "",
        "Served for Prometheus at `/metrics` of the `admin` listener, added up over all workers. "
        "No label holds a value or the name of a user. Beside them `/healthz` answers while the "
        "gateway runs, and `/readyz` while it takes clients.",
        "",
        "| metric | kind | labels | |",
        "|---|---|---|---|",
    ]
    for family in FAMILIES:
        suffix = "_total" if family.kind.value == "counter" else ""
        labels = ", ".join(f"`{label}`" for label in family.labels)
        name = f"`{family.name}{suffix}`"
        lines.append(f"| {name} | {family.kind.value} | {labels} | {family.meaning} |")
    return "\n".join(lines) + "\n"
