"""`scrim token`: short-lived credentials."""

import json
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from scrim.cli.failures import EXIT_USAGE, CommandError
from scrim.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption

if TYPE_CHECKING:
    from scrim.config.identity import Identity, Tokens

app = typer.Typer(help="Short-lived credentials.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Short-lived credentials."""


@app.command()
def issue(  # noqa: PLR0913 - one parameter for each option of the command
    *,
    user: Annotated[str, typer.Option("--user", help="Whom the token is for.", metavar="NAME")],
    agent: Annotated[
        str | None,
        typer.Option("--agent", help="The agent that acts for the user.", metavar="NAME"),
    ] = None,
    ttl: Annotated[str, typer.Option("--ttl", help="How long it is valid: 30s, 15m, 1h.")] = "1h",
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="A purpose that policies may ask for.")
    ] = None,
    ticket: Annotated[
        str | None, typer.Option("--ticket", help="A ticket that policies may ask for.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    json_output: JsonOption = False,
) -> None:
    """Print a signed token, which its holder gives as the password over TLS.

    Whoever can read the signing key can issue tokens; nobody is asked.
    """
    from scrim.config.base import format_duration  # noqa: PLC0415
    from scrim.config.load import load  # noqa: PLC0415
    from scrim.identity.configured import Surroundings, build_issuer  # noqa: PLC0415

    identity = load(config).config.identity
    settings = identity.tokens
    if settings is None:
        raise CommandError(
            f"{config}: has no identity.tokens; name a key file there, then tokens can be issued"
        )
    life = _read_ttl(ttl, settings)
    _check_names(identity, user, agent)
    surroundings = Surroundings(time.time, secrets.token_bytes, secrets.token_bytes(32))
    facts = {name: text for name, text in (("purpose", purpose), ("ticket", ticket)) if text}
    signed = build_issuer(settings, surroundings).issue(user, life, agent, facts)
    if not json_output:
        typer.echo(signed)
        return
    expires = datetime.now(UTC) + life
    shown = {
        "token": signed,
        "user": user,
        "agent": agent,
        "ttl": format_duration(life),
        "expires": expires.isoformat(timespec="seconds"),
    }
    typer.echo(json.dumps(shown))


def _read_ttl(text: str, settings: "Tokens") -> timedelta:
    from scrim.config.base import format_duration, parse_duration  # noqa: PLC0415

    try:
        life = parse_duration(text)
    except ValueError as error:
        raise CommandError(f"--ttl {error}", EXIT_USAGE) from None
    if not timedelta(0) < life <= settings.max_ttl:
        longest = format_duration(settings.max_ttl)
        raise CommandError(
            f"--ttl must be more than nothing and at most {longest}, which identity.tokens.max_ttl "
            "allows",
            EXIT_USAGE,
        )
    return life


def _check_names(identity: "Identity", user: str, agent: str | None) -> None:
    """Refuse names that could never sign in, because a useless token only confuses."""
    users = identity.local.users
    if user not in users:
        raise CommandError(f"--user: identity.local.users has no {user}; add it, or correct it")
    if users[user].kind == "agent":
        raise CommandError(f"--user: {user} is an agent; name its user, and it with --agent")
    if agent is None:
        return
    entry = users.get(agent)
    if entry is None or entry.kind != "agent" or entry.acts_for != user:
        raise CommandError(f"--agent: identity.local.users has no agent {agent} acting for {user}")
