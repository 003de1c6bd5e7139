"""Reads scrim.yaml and says everything that is wrong with it at once.

A loaded configuration has passed every check that needs no data store: its shape, the files that
it names, and who can read those that are secret.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scrim.config.document import Document, DocumentError, KeyPath, parse
from scrim.config.errors import ConfigError, Problem
from scrim.config.explain import explain, key_path, key_text
from scrim.config.root import Config
from scrim.config.secrets import SecretError, read_environment, read_secret_file


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that can be used.

    Attributes:
        config: The settings.
        path: The file that they came from.
        warnings: What works but should be changed, one sentence each.
    """

    config: Config
    path: Path
    warnings: tuple[str, ...] = ()


def load(path: Path, environment: Mapping[str, str] | None = None) -> Loaded:
    """Read and check a configuration file.

    Args:
        path: The file.
        environment: The variables that secrets may come from; those of this process without it.

    Raises:
        ConfigError: With everything that is wrong.
    """
    path = path.absolute()
    document = _read(path)
    config = validate(document, path)
    problems = [
        Problem(path, document.line_of(key), key_text(key), error.reason, error.advice)
        for key, error in _secret_errors(config, os.environ if environment is None else environment)
    ]
    if problems:
        raise ConfigError(*sorted(problems, key=lambda problem: problem.line))
    return Loaded(config, path, tuple(_warnings(config)))


def load_shape(path: Path) -> Config:
    """Read a configuration file without trying the secrets and files that it names.

    Args:
        path: The file.

    Raises:
        ConfigError: With everything that is wrong with its shape.
    """
    path = path.absolute()
    return validate(_read(path), path)


def validate(document: Document, path: Path) -> Config:
    """Check a document's shape.

    Args:
        document: The parsed file.
        path: Where it came from; relative paths in it are resolved against its folder.

    Raises:
        ConfigError: With everything that is wrong.
    """
    if not isinstance(document.data, dict):
        raise ConfigError(
            Problem(path, 1, "", "is not a mapping", "begin with a key such as `listeners:`")
        )
    context = {"folder": path.parent, "file": path, "line_of": document.line_of}
    try:
        return Config.model_validate(document.data, context=context)
    except ValidationError as error:
        raise ConfigError(*_problems(error, document, path)) from None


def _read(path: Path) -> Document:
    try:
        text = read_secret_file(path, private=False)
    except SecretError as error:
        raise ConfigError(Problem(path, 0, "", error.reason, error.advice)) from None
    try:
        return parse(text)
    except DocumentError as error:
        raise ConfigError(Problem(path, error.line, key_text(error.key), error.reason)) from None


def _problems(error: ValidationError, document: Document, path: Path) -> list[Problem]:
    problems = []
    details: list[Any] = list(error.errors(include_url=False, include_input=False))
    for detail in details:
        reason, advice = explain(detail, Config)
        key = key_path(detail["loc"])
        problems.append(Problem(path, document.line_of(key), key_text(key), reason, advice))
    return sorted(problems, key=lambda problem: (problem.line, problem.key))


def _private_files(config: Config) -> Iterator[tuple[KeyPath, Path]]:
    """Yield every secret file that the configuration names, with its key."""
    if config.masking.key_file is not None:
        yield ("masking", "key_file"), config.masking.key_file
    provider = config.masking.key_provider
    if provider is not None and provider.file is not None:
        yield ("masking", "key_provider", "file"), provider.file
    if config.identity.tokens is not None:
        yield ("identity", "tokens", "key_file"), config.identity.tokens.key_file
    for name, listener in config.listeners.items():
        if listener.tls is not None:
            yield ("listeners", name, "tls", "key"), listener.tls.key
    for name, connection in config.connections.items():
        upstream = connection.upstream
        base = ("connections", name, "upstream")
        for setting in ("password_file", "passfile"):
            if (file := getattr(upstream, setting)) is not None:
                yield (*base, setting), file
        if upstream.tls.key is not None:
            yield (*base, "tls", "key"), upstream.tls.key


def _public_files(config: Config) -> Iterator[tuple[KeyPath, Path]]:
    """Yield every other file that the configuration names, with its key."""
    if config.detection.entities_file is not None:
        yield ("detection", "entities_file"), config.detection.entities_file
    for name, listener in config.listeners.items():
        if listener.tls is not None:
            yield ("listeners", name, "tls", "certificate"), listener.tls.certificate
            if listener.tls.client_ca is not None:
                yield ("listeners", name, "tls", "client_ca"), listener.tls.client_ca
    for name, connection in config.connections.items():
        tls = connection.upstream.tls
        base = ("connections", name, "upstream", "tls")
        for setting in ("ca_file", "certificate"):
            if (file := getattr(tls, setting)) is not None:
                yield (*base, setting), file


def _variables(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Yield every environment variable that holds a secret, with its key."""
    if config.masking.key_env is not None:
        yield ("masking", "key_env"), config.masking.key_env
    provider = config.masking.key_provider
    if provider is not None and provider.variable is not None:
        yield ("masking", "key_provider", "variable"), provider.variable
    for name, connection in config.connections.items():
        if connection.upstream.password_env is not None:
            yield (
                ("connections", name, "upstream", "password_env"),
                connection.upstream.password_env,
            )


def _secret_errors(
    config: Config, environment: Mapping[str, str]
) -> Iterator[tuple[KeyPath, SecretError]]:
    """Try every file and variable that the configuration names."""
    files = [(key, file, True) for key, file in _private_files(config)]
    files += [(key, file, False) for key, file in _public_files(config)]
    for key, file, private in files:
        try:
            read_secret_file(file, private=private)
        except SecretError as error:
            yield key, error
    for key, variable in _variables(config):
        try:
            read_environment(variable, environment)
        except SecretError as error:
            yield key, error
    if not config.policies.is_dir():
        yield ("policies",), SecretError("is not a folder", "create it, or correct the path")


def _warnings(config: Config) -> Iterator[str]:
    for name, listener in config.listeners.items():
        if listener.exposed:
            yield (
                f"listeners.{name}: other machines can reach {listener.address} without TLS; "
                "set tls.mode to required"
            )
    admin = config.admin
    if admin is not None and admin.reveal and admin.tls is None and not admin.address.loopback:
        yield (
            f"admin.reveal: on {admin.address}, which speaks plain HTTP, other machines get "
            "nothing; set admin.tls"
        )
    for name, connection in config.connections.items():
        upstream = connection.upstream
        local = upstream.unix_socket or upstream.host in {"localhost", "127.0.0.1", "::1"}
        if not local and upstream.tls.mode not in {"verify-full", "verify-ca"}:
            yield (
                f"connections.{name}.upstream.tls: {upstream.tls.mode} does not prove who the data "
                "store is; use verify-full"
            )
