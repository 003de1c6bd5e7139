"""A company."""

from scrim.masking.declaration import Example, Operator

OPERATOR = Operator(
    name="company",
    description=("Replaces a company's name by an invented one; different names may become equal."),
    keeps="the legal form, such as GmbH",
    survives=("Joins and group-bys over names that are equal up to case and Unicode composition."),
    lost="Uniqueness: some names meet. The number of words, and what the company does.",
    attack=(
        "Without the key a name says nothing but its legal form. Equal names show as equal, "
        "so the most frequent one can be guessed from how often it occurs."
    ),
    examples=(
        Example("Zelda Works GmbH", domain="contact.organization"),
        Example("ZELDA WORKS GMBH", domain="contact.organization"),
        Example("Fitzgerald & Sons", domain="contact.organization"),
    ),
)
