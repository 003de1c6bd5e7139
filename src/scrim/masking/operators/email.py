"""An e-mail address in a reserved domain."""

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class EmailOptions(BaseModel):
    """Whether the domain stays."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    keep_domain: bool = Field(
        default=False,
        description="Whether the raw domain stays, in small letters, for figures by provider.",
    )


OPERATOR = Operator(
    name="email",
    description=(
        "Replaces an e-mail address by another in a domain that is reserved for documentation."
    ),
    keeps="the domain, where `keep_domain` is set",
    options=EmailOptions,
    survives="Equality and joins up to case, and uniqueness in practice (63 bits).",
    lost="The person, the provider unless it is kept, and the length.",
    attack=(
        "Without the key a guess cannot be checked. A kept domain that one person has alone is "
        "that person. Mail to a reserved domain (RFC 2606) reaches nobody; mail to a kept one may."
    ),
    examples=(
        Example("zelda@corp.test", domain="contact.email"),
        Example("Zelda@Corp.Test", domain="contact.email"),
        Example("zelda@corp.test", {"keep_domain": True}, domain="contact.email"),
    ),
)
