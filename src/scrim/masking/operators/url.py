"""An address in the web."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="url",
    description=(
        "Replaces an address in the web by one of the same layout in a domain that is "
        "reserved for documentation."
    ),
    keeps="scheme, number of parts, and the kind of a file, such as `.pdf`",
    survives=(
        "Joins and uniqueness of whole addresses; group-bys by host, because the host follows "
        "from the raw host alone."
    ),
    lost="User, password and port; the words of path and query, and which of them are alike.",
    attack=(
        "Hosts that are equal show as equal, so the most frequent one can be guessed. The "
        "number of parts of a path can tell pages of one site apart."
    ),
    examples=(
        Example("https://shop.corp.test/orders/77/invoice.pdf?user=zelda", domain="contact.url"),
        Example("http://corp.test", domain="contact.url"),
        Example("https://CORP.test/a/", domain="contact.url"),
        Example("corp.test", domain="contact.domain"),
    ),
)
