"""Reading a configuration so that a bad one is found before anybody uses it.

The supervisor checks the file and keeps a private copy of what passed. Workers only ever read that
copy: one that starts later, after a crash or a change of the number of workers, gets the accepted
configuration even if the file has been broken meanwhile, and all workers always agree.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from scrim import protocols
from scrim.config.document import DocumentError, parse
from scrim.config.errors import ConfigError, Problem
from scrim.config.listeners import ListenerTls
from scrim.config.load import load, validate
from scrim.config.root import Config
from scrim.config.secrets import SecretError, read_secret_file

COPY_NAME = "accepted.yaml"
_READ_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration that passed every check that needs no data store.

    Attributes:
        config: The settings.
        text: The file's content that they were read from.
        warnings: What works but should be changed, one sentence each.
    """

    config: Config
    text: bytes
    warnings: tuple[str, ...]


def read(path: Path) -> bytes:
    """Return the bytes of a configuration file.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return read_secret_file(path, private=False)
    except SecretError as error:
        raise ConfigError(Problem(path, 0, "", error.reason, error.advice)) from None


def check(path: Path, *, thorough: bool = True) -> Candidate:
    """Read a configuration file and try everything in it that can be tried without a data store.

    Args:
        path: The file.
        thorough: Whether to try certificates, keys and policies as well. A gateway that starts
            leaves that to its workers, which do it anyway.

    Raises:
        ConfigError: With everything that is wrong.
    """
    path = path.absolute()
    for _ in range(_READ_ATTEMPTS):
        text = read(path)
        loaded = load(path)
        if text == read(path):
            break  # nobody wrote to the file meanwhile, so both readings saw the same
    else:
        raise ConfigError(Problem(path, 0, "", "changes while it is read", "try again"))
    warnings = list(loaded.warnings)
    problems = _protocol_problems(loaded.config, path)
    problems += _admin_problems(loaded.config, path)
    if thorough:
        problems += _key_problems(loaded.config, path)
        problems += _tls_problems(loaded.config, path)
        problems += _token_problems(loaded.config, path)
        problems += _policy_problems(loaded.config, path, warnings)
    problems += _entity_problems(loaded.config, thorough=thorough)
    if problems:
        raise ConfigError(*problems)
    return Candidate(loaded.config, text, tuple(warnings))


def _protocol_problems(config: Config, path: Path) -> list[Problem]:
    """Find listeners and connections whose protocol no folder of `scrim.protocols` speaks."""
    folders = [folder for root in protocols.__path__ for folder in Path(root).iterdir()]
    spoken = {path.name for path in folders if path.is_dir() and not path.name.startswith("_")}
    advice = f"use one of {', '.join(sorted(spoken))}"
    named = {f"listeners.{name}": name for name in config.listeners}
    named |= {
        f"connections.{name}.protocol": connection.protocol
        for name, connection in config.connections.items()
    }
    return [
        Problem(path, 0, key, f"the protocol {name} is not spoken by this release", advice)
        for key, name in named.items()
        if name not in spoken
    ]


def _entity_problems(config: Config, *, thorough: bool) -> list[Problem]:
    """Find entities of the configuration, and plug-ins, that cannot be used."""
    from scrim.detection.custom import (  # noqa: PLC0415 - slow, as the kernel is
        custom_catalogue,
        example_problems,
    )

    try:
        catalogue = custom_catalogue(config.detection)
    except ConfigError as error:
        return list(error.problems)
    return example_problems(catalogue, config.detection) if thorough else []


def _key_problems(config: Config, path: Path) -> list[Problem]:
    from scrim.masking.keys import key_setting, load_key  # noqa: PLC0415 - slow, as the kernel is

    try:
        load_key(config.masking, os.environ)
    except SecretError as error:
        return [Problem(path, 0, key_setting(config.masking), error.reason, error.advice)]
    return []


def _token_problems(config: Config, path: Path) -> list[Problem]:
    from scrim.identity.tokens import TokenKey  # noqa: PLC0415 - slow, and only for this check

    settings = config.identity.tokens
    if settings is None:
        return []
    try:
        TokenKey.load(settings.key_file, settings.algorithm)
    except SecretError as error:
        return [Problem(path, 0, "identity.tokens.key_file", error.reason, error.advice)]
    return []


def _policy_problems(config: Config, path: Path, warnings: list[str]) -> list[Problem]:
    """Find out whether the policies can be used, and add what they may not mean to the warnings."""
    from scrim.masking.choice import OperatorError, OperatorTable  # noqa: PLC0415 - the same
    from scrim.policy.advice import advice  # noqa: PLC0415 - the same
    from scrim.policy.bundle import BundleError  # noqa: PLC0415 - the same
    from scrim.server.policies import load_policies  # noqa: PLC0415 - the same

    try:
        operators = OperatorTable.of(config.masking)
    except OperatorError:
        return []  # which is reported as the setting that is wrong
    try:
        warnings += advice(load_policies(config.policies, operators))
    except BundleError as error:
        return [Problem(path, 0, "policies", problem) for problem in error.problems]
    return []


def _admin_problems(config: Config, path: Path) -> list[Problem]:
    """Find out whether the pages can be served over TLS, which no worker does."""
    files = None if config.admin is None else config.admin.tls
    if files is None:
        return []
    from scrim.server.tls import ServerTls, TlsError  # noqa: PLC0415 - slow, as the kernel is

    try:
        ServerTls(ListenerTls(certificate=files.certificate, key=files.key))
    except TlsError as error:
        return [Problem(path, 0, "admin.tls", str(error))]
    return []


def _tls_problems(config: Config, path: Path) -> list[Problem]:
    from scrim.server.tls import ServerTls, TlsError  # noqa: PLC0415 - the same

    problems = []
    for name, listener in config.listeners.items():
        if listener.tls is None or listener.tls_mode == "off":
            continue
        try:
            ServerTls(listener.tls)
        except TlsError as error:
            problems.append(Problem(path, 0, f"listeners.{name}.tls", str(error)))
    return problems


def keep_copy(text: bytes, runtime_directory: Path) -> Path:
    """Store an accepted file's content where workers find it, and return its path."""
    final = runtime_directory / COPY_NAME
    fresh = final.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    fresh.replace(final)
    return final


def read_copy(path: Path, runtime_directory: Path) -> Config:
    """Return the accepted configuration; relative paths mean what they mean in `path`.

    Args:
        path: The configuration file that the operator named.
        runtime_directory: Where `keep_copy` put the accepted content.

    Raises:
        ConfigError: The copy is gone, or no longer valid for this release.
    """
    path = path.absolute()
    try:
        document = parse(read(runtime_directory / COPY_NAME))
    except DocumentError as error:
        raise ConfigError(Problem(path, error.line, "", error.reason)) from None
    return validate(document, path)


def needs_restart(old: Config, new: Config) -> list[str]:
    """Return the settings that differ and that a running gateway cannot take over."""
    changed = []
    for name in sorted(old.listeners.keys() | new.listeners.keys()):
        before, after = old.listeners.get(name), new.listeners.get(name)
        if before is None or after is None:
            changed.append(f"listeners.{name}")
        elif before.address != after.address:
            changed.append(f"listeners.{name}.address")
    if old.admin != new.admin:
        changed.append("admin")
    return changed
