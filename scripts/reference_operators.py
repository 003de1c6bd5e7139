"""The pages of operators: one of all of them, and one of each with examples by the kernel."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING

from reference_lists import WRITTEN
from scrim import kernel
from scrim.detection.catalogue import builtin_catalogue
from scrim.masking.choice import default_operator
from scrim.masking.registry import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

    from scrim.masking.declaration import Example, Operator

# The key of the examples, for anybody to know.
DEMO_KEY = hashlib.sha256(b"scrim documentation").digest()
# Operators whose replacements are not of the raw value's kind, or of no kind that they know.
OF_ANY_KIND = {"auto", "digits", "null", "redact", "secret", "text", "token"}
# What stands on the page of an operator that looks at another column.
BESIDE = "Looks at another column (`{option}`)"
FOUND = (
    "Its raw value counts, also where it is masked itself, and alike in text and binary format. In "
    "a result it has to be a column of the same relation, as it is stored, and the statement has "
    "to name that relation once: anything else could be chosen by whoever asks. In a file or an "
    "Arrow table it is the column of that name. Documents, floating point numbers, empty texts "
    "and columns that are dropped count as no value, as NULL does. Without one:"
)
# Characters of a replacement that a table shows.
MOST_SHOWN = 80


def operators_page() -> str:
    """Return the page of all operators."""
    lines = [
        "# Operators",
        "",
        WRITTEN.format(source="src/scrim/masking/operators"),
        "",
        "What replaces a value. Each entity has an operator; `masking.operators` of "
        "[scrim.yaml](configuration.md) chooses another, and so does `@operator` of a "
        "[policy](policies.md). A value of a type that the operator does not accept is replaced by "
        "its type's own keyed operator. What cannot be masked within its type becomes NULL. Each "
        "operator has a page with its options, examples, and what an attacker can learn.",
        "",
        "| operator | what it makes of a value | accepts | what stays visible | turned back |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| [`{operator.name}`](operators/{operator.name}.md) | {operator.description} "
        f"| {operator.accepts.value} | {operator.keeps or 'nothing'} | {_back(operator)} |"
        for operator in _operators()
    ]
    lines += [
        "",
        "What is turned back by the key, [for whom policy permits it](../howto/reveal-a-value.md): "
        "texts as the table says, and with the same operators integers, `numeric`, `money`, dates, "
        "times, timestamps, UUIDs, bit strings, enumerations of three labels or more, and arrays "
        "of these. Booleans, floating point numbers, intervals, network addresses, bytes, "
        "documents, ranges, vectors and composites are not. FF1 and the permutations cannot know "
        "whether a value was ever masked: they turn any value of their domain into another. "
        "AES-SIV knows. The time `24:00:00`, which many programs cannot read, is masked as "
        "`23:59:59` is, and comes back as that.",
    ]
    return "\n".join([*lines, *_defaults()]) + "\n"


def _back(operator: Operator) -> str:
    """Say whether the key turns values back, and which not."""
    return f"yes; {operator.limits}".removesuffix("; ") if operator.reversible else "no"


def operator_pages() -> dict[str, str]:
    """Return the page of each operator by its name."""
    return {operator.name: _page(operator) for operator in _operators()}


def _operators() -> list[Operator]:
    return sorted(registry().values(), key=lambda operator: operator.name)


def _page(operator: Operator) -> str:
    """Return one operator's page."""
    lines = [
        f"# The operator `{operator.name}`",
        "",
        WRITTEN.format(source=f"src/scrim/masking/operators/{operator.name}.py"),
        "",
        operator.description,
        "",
        *_input_and_output(operator),
        f"- **Stays visible:** {operator.keeps or 'nothing'}.",
        f"- **Turned back by the key:** {_back(operator)}.",
    ]
    for title, text in (
        (BESIDE.format(option=operator.beside), operator.without and f"{FOUND} {operator.without}"),
        ("Survives", operator.survives),
        ("Is lost", operator.lost),
        ("Attacks", operator.attack),
    ):
        if text:
            lines.append(f"- **{title}:** {text}")
    lines += [*_options(operator), *_examples(operator), *_entities(operator)]
    return "\n".join([*lines, "", "[All operators](../operators.md)"]) + "\n"


def _input_and_output(operator: Operator) -> Iterator[str]:
    if operator.inside:
        yield "- **Input:** a column of any type, as a whole."
        yield (
            f"- **Output:** as said above; inside of other values what [`{operator.inside}`]"
            f"({operator.inside}.md) gives."
        )
        return
    yield (
        f"- **Input:** {operator.accepts.value}. A value inside an array, a document or a row is "
        "met by itself."
    )
    yield (
        "- **Output:** the same type in the same format, within its declared length; NULL where "
        "that cannot be."
    )


def _options(operator: Operator) -> Iterator[str]:
    fields = operator.options.model_fields
    if not fields:
        return
    yield from ("", "## Options", "", "| option | default | |", "|---|---|---|")
    for name, field in fields.items():
        yield f"| `{name}` | {_default(field)} | {field.description} |"


def _default(field: FieldInfo) -> str:
    """Say what an option is when it is not given."""
    if field.is_required():
        return "required"
    if field.default_factory is not None or field.default is None:
        return ""
    return _code(json.dumps(field.default, default=str))


def _examples(operator: Operator) -> Iterator[str]:
    if not operator.examples:
        return
    yield from ("", "## Examples", "", "Computed with a key that everybody knows.", "")
    beside = any(example.beside for example in operator.examples)
    heads = ["raw", "options", *(["other column"] if beside else []), "replacement"]
    yield from (f"| {' | '.join(heads)} |", "|---" * len(heads) + "|")
    for example in operator.examples:
        options = ", ".join(
            f"{name}: {json.dumps(value, ensure_ascii=False)}"
            for name, value in example.options.items()
        )
        masked = replacement(operator, example)
        shown = "NULL" if masked is None else _code(masked)
        cells = [_code(example.value), _code(options) if options else "", shown]
        if beside:
            cells.insert(2, _code(example.beside) if example.beside else "")
        yield f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return a text as code in a table's cell."""
    flat = " ".join(text.split()).replace("|", "\\|")
    short = flat if len(flat) <= MOST_SHOWN else f"{flat[: MOST_SHOWN - 1]}…"
    return f"`{short}`" if short else "an empty text"


def replacement(operator: Operator, example: Example) -> str | None:
    """Return what the kernel makes of an example; None for NULL.

    Args:
        operator: The operator.
        example: The value, with its type and the options.
    """
    options = operator.options.model_validate(dict(example.options)).model_dump(exclude_unset=True)
    spec = {"name": operator.name, **options}
    config = json.dumps({"operators": {}, "default": {"name": "auto"}})
    masker = kernel.Masker(DEMO_KEY, kernel.Detector("[]"), config)
    type_spec = dict(example.type_spec)
    rule = {"action": "mask", "type": type_spec, "operator": spec, "domain": example.domain}
    other = {"column": 1, "type": {"kind": "text"}}
    rules = {"columns": [rule, {"action": "pass"}], "beside": {"0": other}}
    plan = kernel.Plan(json.dumps(rules), masker)
    raw, beside = example.value.encode(), example.beside.encode()
    cell = struct.pack(">hi", 2, len(raw)) + raw + struct.pack(">i", len(beside)) + beside
    row = plan.rewrite(b"D" + struct.pack(">i", len(cell) + 4) + cell)
    (length,) = struct.unpack_from(">i", row, 7)
    return None if length < 0 else row[11 : 11 + length].decode()


def _entities(operator: Operator) -> Iterator[str]:
    """The entities that have it as long as nobody chooses another."""
    names = [
        name
        for name in sorted(builtin_catalogue().names)
        if default_operator(name)["name"] == operator.name
    ]
    if names:
        yield from ("", "## Entities", "", "In force where nobody chooses another for:", "")
        yield ", ".join(f"`{name}`" for name in names)


def _defaults() -> list[str]:
    """The operators in force where nobody chose one, by group."""
    groups: dict[str, dict[str, list[str]]] = {}
    kinds: dict[str, int] = {}
    for entity in sorted(builtin_catalogue().names):
        group = entity.partition(".")[0]
        group = "a country's code" if len(group) == 2 else group
        operator = str(default_operator(entity)["name"])
        kinds[operator] = kinds.get(operator, 0) + 1
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
    own = {name: count for name, count in sorted(kinds.items()) if name not in OF_ANY_KIND}
    lines += [
        "",
        "## Pseudonyms of their own kind",
        "",
        f"{sum(own.values())} entities have a replacement that is of their own kind, such as an "
        "address for an address, beside what only keeps its layout or becomes words.",
        "",
        "| operator | entities |",
        "|---|---|",
    ]
    return [*lines, *(f"| `{name}` | {count} |" for name, count in own.items())]
