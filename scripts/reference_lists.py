"""The pages of entities and metrics, from what declares them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from scrim.detection.catalogue import builtin_catalogue
from scrim.masking.profile import load_profile, profile_names
from scrim.server.metrics import FAMILIES

if TYPE_CHECKING:
    from scrim.config.operators import OperatorChoice
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
    kind = "; informational" if entry.informational else "; on demand" if entry.on_demand else ""
    return ", ".join(ways) + kind


def profiles_page() -> str:
    """Return the page of the profiles."""
    lines = [
        "# Profiles",
        "",
        WRITTEN.format(source="src/scrim/masking/profiles"),
        "",
        "Operators for a purpose, by entity. `masking.profile` of [scrim.yaml](configuration.md) "
        "chooses one for all connections and `profile` of a connection one for it; "
        "`scrim mask --profile` and `scrim.mask` take the same names. Operators that are named "
        "one by one go before a profile, and what it does not name has its "
        "[default](operators.md#which-entity-has-which-operator). In a table the first line that "
        "fits counts: `contact.*` are all others of a group, `country.*` the numbers of all "
        "countries, `*` everything else, entities of one's own too.",
        "",
        "A profile says what becomes of values that are known. Whether that is enough for a law "
        "or a standard is for those to judge who know the data and who gets it.",
    ]
    for name in profile_names():
        content = load_profile(name).content
        lines += ["", f"## {name}", "", " ".join(content.description.split())]
        if content.source:
            lines += ["", f"Follows: {content.source}."]
        lines += ["", "| what | entities | operator | why |", "|---|---|---|---|"]
        for rule in content.rule:
            entities = ", ".join(f"`{entity}`" for entity in rule.entities)
            lines.append(f"| {rule.what} | {entities} | {_chosen(rule.operator)} | {rule.why} |")
    return "\n".join(lines) + "\n"


def _chosen(operator: OperatorChoice) -> str:
    """Return an operator with its options."""
    options = ", ".join(f"`{name}: {value}`" for name, value in operator.options.items())
    return f"`{operator.name}`" + (f" ({options})" if options else "")


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
