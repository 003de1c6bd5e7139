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
        "Replaces an e-mail address by another in a domain that is reserved for documentation. "
        "An address such as `ada.lovelace@`, `ada_lovelace7@` or `ada-lovelace+news@` gets the "
        "given and the family name that `name` makes of `Ada Lovelace` in a column of whole "
        "names, whether or not the name stands in the same row."
    ),
    keeps="the domain, where `keep_domain` is set",
    options=EmailOptions,
    survives=(
        "Equality and joins up to case, and uniqueness in practice: 63 bits, or 51 bits among the "
        "addresses of persons of one name. The masked name, where the address spells the name out "
        "in two words without accents; the first word is the given name unless only the second "
        "is known as one."
    ),
    lost=(
        "The person, the provider unless it is kept, and the length. Initials (`alovelace@`), "
        "nicknames, middle names and names of one word cannot be read as a name, so their "
        "address is of an invented person, also where the name stands beside it: the same "
        "address masks alike everywhere. A name that is written in another way, such as "
        "`Lovelace, Ada`, or in columns of given and family name, has pseudonyms of its own."
    ),
    attack=(
        "Addresses of persons of one name show that, as their masked names do. "
        "Without the key a guess cannot be checked. A kept domain that one person has alone is "
        "that person. Mail to a reserved domain (RFC 2606) reaches nobody; mail to a kept one may."
    ),
    made=True,
    examples=(
        Example("zelda@corp.test", domain="contact.email"),
        Example("Zelda@Corp.Test", domain="contact.email"),
        Example("zelda@corp.test", {"keep_domain": True}, domain="contact.email"),
        Example("ada.lovelace@corp.test", domain="contact.email"),
        Example("Ada_Lovelace7@other.test", domain="contact.email"),
    ),
)
