"""Who may sign in, and how."""

import re
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from scrim.config.base import Duration, FilePath, GroupName, PrincipalName, Settings, refuse_repeats

_BASE64 = r"[A-Za-z0-9+/]{1,512}={0,2}"
_VERIFIER = re.compile(
    rf"(?:SCRAM-SHA-256\$|scram-sha-256:)([1-9][0-9]{{0,8}}:{_BASE64}\${_BASE64}:{_BASE64})"
)
MIN_ITERATIONS = 4096


def normalise_verifier(secret: SecretStr) -> SecretStr:
    """Return a SCRAM verifier in PostgreSQL's form, `SCRAM-SHA-256$iterations:salt$keys`.

    Args:
        secret: The verifier; the prefix may also be written `scram-sha-256:`.

    Raises:
        ValueError: If it is not a verifier. The message does not contain it.
    """
    match = _VERIFIER.fullmatch(secret.get_secret_value())
    if match is None:
        raise ValueError(
            "is not a SCRAM-SHA-256 verifier; create one with `scrim user password`, passwords "
            "themselves are never written in scrim.yaml"
        )
    if int(match[1].partition(":")[0]) < MIN_ITERATIONS:
        raise ValueError(f"has fewer than {MIN_ITERATIONS} iterations; create a new verifier")
    return SecretStr(f"SCRAM-SHA-256${match[1]}")


Verifier = Annotated[SecretStr, AfterValidator(normalise_verifier)]
Groups = Annotated[list[GroupName], BeforeValidator(refuse_repeats), Field(max_length=1000)]


Purpose = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,128}$")]


class LocalUser(Settings):
    """A principal that this gateway knows by itself."""

    groups: Groups = Field(default_factory=list, description="Groups that policies refer to.")
    password: Verifier | None = Field(
        default=None,
        description="SCRAM-SHA-256 verifier, as PostgreSQL stores it; without it the user signs "
        "in with a token or a certificate only.",
    )
    kind: Literal["user", "agent", "service"] = Field(
        default="user", description="What the principal is."
    )
    acts_for: PrincipalName | None = Field(
        default=None, description="The user that an agent acts for, whose rights bound its own."
    )

    @model_validator(mode="after")
    def _agents_act_for_someone(self) -> Self:
        if (self.kind == "agent") != (self.acts_for is not None):
            raise ValueError("needs acts_for if, and only if, its kind is agent")
        return self


class LocalIdentity(Settings):
    """Principals listed in this file."""

    users: Annotated[dict[PrincipalName, LocalUser], Field(max_length=100_000)] = Field(
        default_factory=dict, description="Principals by name."
    )


class Tokens(Settings):
    """Signed short-lived tokens, which clients give as their password over TLS."""

    key_file: FilePath = Field(
        description="Key that signs and checks tokens: a PEM private key, or at least 32 bytes "
        "for HS256; readable by its owner only."
    )
    algorithm: Literal["EdDSA", "ES256", "HS256"] = Field(
        default="EdDSA", description="Signature algorithm; tokens with another are refused."
    )
    audience: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(
        default="scrim", description="Audience that a token must name."
    )
    max_ttl: Duration = Field(
        default="12h",
        validate_default=True,
        description="Longest life of a token; one that lives longer is refused.",
    )


class Certificates(Settings):
    """Signing in with a client certificate, checked against the listener's `client_ca`."""

    name_from: Literal["common_name", "email", "dns", "uri"] = Field(
        default="common_name", description="Part of the certificate that names the principal."
    )
    users: Annotated[dict[PrincipalName, PrincipalName], Field(max_length=100_000)] = Field(
        default_factory=dict,
        description="Principal by certificate name, where the two differ.",
    )


class Identity(Settings):
    """How principals sign in; a way that is not configured does not work."""

    local: LocalIdentity = Field(
        default_factory=LocalIdentity, description="Principals listed in this file."
    )
    tokens: Tokens | None = Field(default=None, description="Signed tokens as passwords.")
    certificates: Certificates | None = Field(default=None, description="Client certificates.")
    stated_purposes: Annotated[
        list[Purpose], BeforeValidator(refuse_repeats), Field(max_length=1000)
    ] = Field(
        default_factory=list,
        description="Purposes that a client may state by the startup option `scrim.purpose`, which "
        "nothing proves; policies read it as `context.stated_purpose`. Without any, none may.",
    )

    @model_validator(mode="after")
    def _users_exist(self) -> Self:
        users = self.local.users
        for user in users.values():
            target = users.get(user.acts_for) if user.acts_for is not None else None
            if user.acts_for is not None and (target is None or target.kind == "agent"):
                raise ValueError(
                    "has an agent that acts for a name which is no user or service of local.users"
                )
        return self
