"""Loads a folder of policies, checks them against the schema and names what was loaded."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import cedarpy

from scrim.policy.obligations import INFORMATIVE, annotation_problem
from scrim.policy.questions import ALL_SESSION_FACTS, PRINCIPAL_FACTS

MAX_FILES: Final = 1000
MAX_BYTES: Final = 8 << 20
SCHEMA_NAME: Final = "schema.cedarschema"

OperatorProblem = Callable[[str], str]
"""Says why policies cannot name an operator; empty when they can."""


class BundleError(Exception):
    """The policies cannot be used.

    Attributes:
        problems: Everything that is wrong, each with its file.
    """

    def __init__(self, *problems: str) -> None:
        """Keep the problems; the message has one line for each."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy, as far as the gateway reads it itself.

    Attributes:
        name: Its `@id`, or its file and its number in it.
        effect: `permit` or `forbid`.
        obligations: Its annotations that oblige to something.
        body: The policy in Cedar's JSON form.
    """

    name: str
    effect: str
    obligations: tuple[tuple[str, str], ...]
    body: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Bundle:
    """Policies that passed every check.

    Attributes:
        digest: SHA-256 over the names and contents of the files, in hexadecimal.
        commit: The git commit that the folder is at; empty when unknown.
        policies: The policies by Cedar's identifier.
        session_facts: The facts about a session that some policy may read.
        policy_set: The same, parsed by Cedar.
        schema: The schema that they were checked against.
    """

    digest: str
    commit: str
    policies: Mapping[str, Policy]
    session_facts: frozenset[str]
    policy_set: cedarpy.PolicySet = field(repr=False)
    schema: cedarpy.Schema = field(repr=False)

    @cached_property
    def reads_confidence(self) -> bool:
        """Whether a policy reads how sure detection is of a column."""
        return _mentions([policy.body for policy in self.policies.values()], "confidence")


@cache
def shipped_schema() -> str:
    """Return the text of the schema that comes with the gateway."""
    return resources.files("scrim.policy").joinpath(SCHEMA_NAME).read_text(encoding="utf-8")


def load_bundle(
    folder: Path, *, commit: str = "", operator_problem: OperatorProblem | None = None
) -> Bundle:
    """Load every `*.cedar` file of a folder and of the folders in it.

    A `schema.cedarschema` in the folder takes the place of the shipped schema; it must describe
    everything that the shipped one does.

    Args:
        folder: The folder.
        commit: The git commit that it is at, for the records.
        operator_problem: Judges the operators that `@operator` names; None to take any.

    Raises:
        BundleError: If a file cannot be read, or a policy does not pass the schema.
    """
    files = dict(_read_files(folder))
    if not files:
        raise BundleError(f"{folder}: has no *.cedar file; write a policy, everything is denied")
    schema_file = folder / SCHEMA_NAME
    return build_bundle(
        files,
        schema_text=_read(schema_file) if schema_file.is_file() else shipped_schema(),
        commit=commit,
        operator_problem=operator_problem,
    )


def build_bundle(
    files: Mapping[str, str],
    *,
    schema_text: str | None = None,
    commit: str = "",
    operator_problem: OperatorProblem | None = None,
) -> Bundle:
    """Check policies and make a bundle of them.

    Args:
        files: Policy text by file name.
        schema_text: The schema; the shipped one without it.
        commit: The git commit that the files are at.
        operator_problem: Judges the operators that `@operator` names; None to take any.

    Raises:
        BundleError: With everything that is wrong.
    """
    schema_text = shipped_schema() if schema_text is None else schema_text
    try:
        schema = cedarpy.Schema.from_str(schema_text)
    except ValueError as error:
        raise BundleError(f"{SCHEMA_NAME}: is not a Cedar schema: {error}") from None
    policies: dict[str, Policy] = {}
    problems: list[str] = []
    for name in sorted(files):
        try:
            found = _policies_of(name, files[name], schema, operator_problem)
        except BundleError as error:
            problems += error.problems
            continue
        # Cedar numbers the policies of one text; all files together are parsed in this order.
        policies |= {f"policy{len(policies) + i}": policy for i, policy in enumerate(found)}
    problems += _repeated_names(policies.values())
    if problems:
        raise BundleError(*problems)
    policy_set = cedarpy.PolicySet.from_str("\n".join(files[name] for name in sorted(files)))
    if len(policy_set) != len(policies):
        raise BundleError("the files read together differ from the files read one by one")
    digest = _digest({**files, SCHEMA_NAME: schema_text})
    return Bundle(digest, commit, policies, facts_read(policies.values()), policy_set, schema)


def commit_of(folder: Path) -> str:
    """Return the git commit that a folder is at, empty outside a checkout."""
    for parent in (folder, *folder.parents):
        head = parent / ".git" / "HEAD"
        if head.is_file():
            try:
                text = head.read_text(encoding="ascii").strip()
                if text.startswith("ref: "):
                    text = (parent / ".git" / text[5:]).read_text(encoding="ascii").strip()
            except (OSError, UnicodeDecodeError):
                return ""
            return text if len(text) == 40 else ""
    return ""


def _policies_of(
    file: str, text: str, schema: cedarpy.Schema, operator_problem: OperatorProblem | None
) -> list[Policy]:
    """Parse and check one file; the list is in the order of the file."""
    try:
        document = json.loads(cedarpy.policies_to_json_str(text))
        findings = cedarpy.validate_policies(text, schema)
    except ValueError as error:
        raise BundleError(f"{file}: is not valid Cedar: {error}") from None
    if document["templates"]:
        raise BundleError(f"{file}: has a template (?principal or ?resource); write it out")
    bodies: dict[str, Any] = document["staticPolicies"]
    names = {key: _name(file, key, body) for key, body in bodies.items()}
    problems = [
        f"{names.get(e.policy_id, file)}: {_plain(e.error, names)}" for e in findings.errors
    ]
    if not findings.validation_passed and not problems:
        problems.append(f"{file}: does not pass the schema")
    result = []
    for number in range(len(bodies)):
        key = f"policy{number}"
        body = bodies[key]
        annotations = {k: v or "" for k, v in body.get("annotations", {}).items()}
        for name, value in sorted(annotations.items()):
            if problem := annotation_problem(name, value, body["effect"]):
                problems.append(f"{names[key]}: {problem}")
            elif name == "operator" and operator_problem and (why := operator_problem(value)):
                where = f"{file}: " if not names[key].startswith(f"{file}#") else ""
                problems.append(f'{where}{names[key]}: has @operator("{value}"), which {why}')
        obligations = tuple(sorted(p for p in annotations.items() if p[0] not in INFORMATIVE))
        result.append(Policy(names[key], body["effect"], obligations, body))
    if problems:
        raise BundleError(*problems)
    return result


def _name(file: str, key: str, body: Mapping[str, Any]) -> str:
    """Return a name that stays the same while the file is not reordered."""
    own = body.get("annotations", {}).get("id")
    return str(own) if own else f"{file}#{int(key.removeprefix('policy')) + 1}"


def _plain(message: str, names: Mapping[str, str]) -> str:
    """Put names for Cedar's numbers, which mean nothing to a reader."""
    message = re.sub(r"^for policy `policy[0-9]+`, ", "", message)
    return re.sub(r"`(policy[0-9]+)`", lambda match: names.get(match[1], match[1]), message)


def _repeated_names(policies: Iterable[Policy]) -> Iterator[str]:
    seen: set[str] = set()
    for policy in policies:
        if policy.name in seen:
            yield f"{policy.name}: two policies have this @id; give each its own"
        seen.add(policy.name)


def facts_read(policies: Iterable[Policy]) -> frozenset[str]:
    """Return the facts of the context that policies may read.

    A condition reads one as `context.name` or `context has name`; any other use of the context
    counts as reading everything.
    """
    found: set[str] = set()
    stack: list[Any] = [policy.body.get("conditions", []) for policy in policies]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, Mapping):
            if node.get("Var") == "context":
                return ALL_SESSION_FACTS
            read = node.get(".") or node.get("has")
            if isinstance(read, Mapping) and read.get("left") == {"Var": "context"}:
                found.add(str(read.get("attr")))
            else:
                stack.extend(node.values())
    if found <= ALL_SESSION_FACTS | PRINCIPAL_FACTS:
        return frozenset(found & ALL_SESSION_FACTS)
    return ALL_SESSION_FACTS


def _mentions(tree: object, attribute: str) -> bool:
    """Say whether a condition reads an attribute of that name, of whatever it is."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            if node.get("attr") == attribute:
                return True
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return False


def _digest(files: Mapping[str, str]) -> str:
    """Hash names and contents so that no two different folders give the same text to hash."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name].encode()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _read_files(folder: Path) -> Iterator[tuple[str, str]]:
    if not folder.is_dir():
        raise BundleError(f"{folder}: is not a folder; create it, or correct `policies`")
    paths = sorted(path for path in folder.rglob("*.cedar") if path.is_file())
    if len(paths) > MAX_FILES:
        raise BundleError(f"{folder}: has more than {MAX_FILES} policy files")
    total = 0
    for path in paths:
        text = _read(path)
        total += len(text)
        if total > MAX_BYTES:
            raise BundleError(f"{folder}: has more than {MAX_BYTES} characters of policies")
        yield path.relative_to(folder).as_posix(), text


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise BundleError(f"{path}: is larger than {MAX_BYTES} bytes")
        return content.decode("utf-8")
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BundleError(f"{path}: is not UTF-8 text") from None
