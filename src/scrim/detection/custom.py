"""A user's own entities: from scrim.yaml, from a TOML file, and from installed packages.

A package adds entities by an entry point of the group `scrim.entities`. It names an object with a
method `entities()`, which returns `Entry` declarations or mappings of the same form, and which may
have a method `vote(entity, values)` that says of each of some values of a column whether it is one
of that entity's; verdicts on columns count that like the outcome of a word list. A class is made an
object without arguments. What is wrong with any of them stops the start, because a value that is
not looked for would pass.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from scrim.config.entities import CustomEntities, Declaration
from scrim.config.errors import ConfigError, Problem
from scrim.detection.catalogue import Catalogue, ValueVote, builtin_catalogue, parse_group
from scrim.detection.columns import ColumnJudge
from scrim.detection.entry import Entry, example_text
from scrim.detection.scan import Scanner
from scrim.domain.column import Column

GROUP: Final = "scrim.entities"
MAX_FILE_BYTES: Final = 16 << 20
MAX_ENTITIES: Final = 1000
MAX_VALUES: Final = 10_000


def custom_catalogue(settings: CustomEntities) -> Catalogue:
    """Return the entities that come with scrim, and the user's own behind them.

    Args:
        settings: The `detection` block.

    Raises:
        ConfigError: With file, line and reason of everything that is wrong.
    """
    catalogue = builtin_catalogue()
    if settings.entities_file is not None:
        file = settings.entities_file
        catalogue = _added(catalogue, parse_group(_read(file, file, 0), file), file, {})
    if settings.custom:
        catalogue = _added(catalogue, _declared(settings), settings.file, {})
    if settings.plugins:
        for point in entry_points(group=GROUP):
            catalogue = _plugged_in(catalogue, point)
    return catalogue


def example_problems(catalogue: Catalogue, settings: CustomEntities) -> list[Problem]:
    """Find entities of the user's own whose examples are not found, or counter-examples are.

    Args:
        catalogue: What `custom_catalogue` returned.
        settings: The same `detection` block.
    """
    scanner = Scanner(catalogue)
    judge = ColumnJudge(catalogue)
    builtin = set(builtin_catalogue().names)
    file = settings.file if settings.entities_file is None else settings.entities_file
    problems = []
    for entry in catalogue.entries:
        if entry.name in builtin:
            continue
        wrong = [
            *_wrong_texts(entry, scanner, "matches", None),
            *_wrong_texts(entry, scanner, "values", entry.name),
            *_wrong_columns(entry, judge),
        ]
        line = _line_of_entity(file, entry.name) if wrong else 0
        problems += [Problem(file, line, f"{entry.name}.{key}", reason) for key, reason in wrong]
    return problems


def _line_of_entity(file: Path, name: str) -> int:
    """Return the line of TOML or YAML that gives an entity its name, 0 if there is none."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return 0
    named = re.search(rf"""name["']?[ \t]*[=:][ \t]*["']?{re.escape(name)}\b""", text)
    return text.count("\n", 0, named.start()) + 1 if named else 0


def _wrong_texts(
    entry: Entry, scanner: Scanner, field: str, expected: str | None
) -> Iterator[tuple[str, str]]:
    for name, wanted in ((field, True), (f"non_{field}", False)):
        texts = [example_text(example) for example in getattr(entry, name)]
        for number, findings in enumerate(scanner.scan(texts, expected)):
            if any(finding.entity == entry.name for finding in findings) is not wanted:
                yield f"{name}[{number}]", "is not found" if wanted else "is found"


def _wrong_columns(entry: Entry, judge: ColumnJudge) -> Iterator[tuple[str, str]]:
    for name, wanted in (("column_matches", True), ("column_non_matches", False)):
        for number, written in enumerate(getattr(entry, name)):
            table, _, column = written.rpartition(".")
            verdict = judge.verdict(Column("", table, column))
            if (verdict.entity == entry.name) is not wanted:
                reason = "is not known by its name" if wanted else "is taken for one"
                yield f"{name}[{number}]", reason


def _added(
    catalogue: Catalogue, entries: Sequence[Entry], file: Path, votes: Mapping[str, ValueVote]
) -> Catalogue:
    taken = set(catalogue.names)
    for entry in entries:
        if entry.name in taken:
            reason = f"there is an entity `{entry.name}` already"
            line = _line_of_entity(file, entry.name)
            raise ConfigError(Problem(file, line, "name", reason, "choose another name"))
        taken.add(entry.name)
    return catalogue.extended(entries, votes)


def _declared(settings: CustomEntities) -> list[Entry]:
    """Read the entities of scrim.yaml."""
    entries, problems = [], []
    for number, declaration in enumerate(settings.custom):
        try:
            entries.append(_entry(_with_words(declaration, settings, number)))
        except ValidationError as error:
            problems += [
                Problem(
                    settings.file,
                    settings.line(number, key) if key else settings.line(number),
                    f"detection.custom[{number}]" + (f".{key}" if key else ""),
                    reason,
                )
                for key, reason in _reasons(error)
            ]
    if problems:
        raise ConfigError(*problems)
    return entries


def _with_words(declaration: Declaration, settings: CustomEntities, number: int) -> Declaration:
    """Put the words of a `words_file` in its place."""
    if "words_file" not in declaration:
        return declaration
    line = settings.line(number, "words_file")
    name = declaration["words_file"]
    if not isinstance(name, str) or "words" in declaration:
        key = f"detection.custom[{number}].words_file"
        raise ConfigError(Problem(settings.file, line, key, "is not one path in place of `words`"))
    text = _read(settings.file.parent / name, settings.file, line)
    words = [word.strip() for word in text.splitlines() if word.strip() and word[0] != "#"]
    rest = {key: value for key, value in declaration.items() if key != "words_file"}
    return {**rest, "words": words}


def _read(path: Path, file: Path, line: int) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        which = "" if path == file else f"{path} "
        reason = f"{which}cannot be read: {error.strerror}"
        raise ConfigError(Problem(file, line, "", reason)) from None
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError(Problem(file, line, "", f"{path} is larger than {MAX_FILE_BYTES} bytes"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(Problem(file, line, "", f"{path} is not UTF-8")) from None


def _entry(declared: object) -> Entry:
    return declared if isinstance(declared, Entry) else Entry.model_validate(declared)


def _reasons(error: ValidationError) -> list[tuple[str, str]]:
    """Return the setting and the reason of each thing that is wrong with an entry."""
    reasons = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        key = str(detail["loc"][0]) if detail["loc"] else ""
        reason = detail["msg"].removeprefix("Value error, ")
        if not key:
            key, _, reason = reason.partition(": ")
        reasons.append((key, reason))
    return reasons


def _plugged_in(catalogue: Catalogue, point: EntryPoint) -> Catalogue:
    """Add the entities of a package."""
    package = point.dist.name if point.dist is not None else "?"
    place = Path(f"entry point {point.name} of the package {package}")
    try:
        loaded: Any = point.load()
        plugin = loaded() if isinstance(loaded, type) else loaded
        entries = [_entry(one) for one in _declarations(plugin)]
        votes = _votes(plugin, entries, place)
    except ConfigError:
        raise
    except ValidationError as error:
        raise ConfigError(*(Problem(place, 0, key, why) for key, why in _reasons(error))) from None
    except Exception as error:
        # A plug-in may fail in any way; what it says may hold anything, so its kind must do.
        raise ConfigError(
            Problem(
                place,
                0,
                "",
                f"cannot be used: {type(error).__name__}",
                "mend or uninstall the package, or set detection.plugins to false",
            )
        ) from None
    return _added(catalogue, entries, place, votes)


def _declarations(plugin: Any) -> Iterable[object]:  # noqa: ANN401 - whatever a package offers
    entries = list(plugin.entities())
    if len(entries) > MAX_ENTITIES:
        raise ValueError("too many entities")
    return entries


def _votes(plugin: Any, entries: Sequence[Entry], place: Path) -> dict[str, ValueVote]:  # noqa: ANN401
    vote: Callable[[str, Sequence[str]], Sequence[bool]] | None = getattr(plugin, "vote", None)
    if vote is None:
        return {}
    if not callable(vote):
        raise ConfigError(Problem(place, 0, "vote", "is not a function of an entity and values"))
    return {entry.name: _bound(vote, entry.name) for entry in entries}


def _bound(vote: Callable[[str, Sequence[str]], Sequence[bool]], entity: str) -> ValueVote:
    def ask(values: Sequence[str]) -> Sequence[bool]:
        try:
            return list(vote(entity, list(values[:MAX_VALUES])))[: len(values)]
        except Exception:  # noqa: BLE001, RUF100 - no answer must not stop a result on its way
            return []

    return ask
