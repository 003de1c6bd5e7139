"""Another word of a list."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrim.masking.declaration import Example, Operator


class CategoryOptions(BaseModel):
    """The list."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    list: Literal[
        "blood_type",
        "country",
        "education",
        "gender",
        "job",
        "marital_status",
        "nationality",
        "title",
    ] = Field(
        description="What the words are: `country` has the names and the codes of two and three "
        "letters of ISO 3166-1, `nationality` also what the people are called.",
    )


OPERATOR = Operator(
    name="category",
    description=(
        "Replaces a word by another of the list that it stands in, in the form of the value: a "
        "country's code by a code and its name by a name, `M` by one letter and `male` by a word. "
        "The words of a list are permuted by the key. A word that is not in the list gets one that "
        "is, as the word and the key choose, and may so meet another; a text of more than 64 bytes "
        "becomes invented words. Letters have the case of the list."
    ),
    options=CategoryOptions,
    keeps="whether it is a code or a word, and of what language where the list has several",
    survives=(
        "Joins, and group-bys over known words: as many groups of the same sizes. Code and name of "
        "one country stay together, under one domain also with its nationality. States are "
        "permuted among states, territories among territories, and so are the usual titles and "
        "the rare ones."
    ),
    lost=(
        "Which word it is, unless the list has two, such as the two sexes: then each key either "
        "swaps them in all rows or lets both be, and nothing shows which. Were they always "
        "swapped, everybody could swap them back. Pseudonyms of names keep the gender where a "
        "given name tells it, so a gender beside a name is no secret, and need not fit to it. It "
        "cannot be turned back."
    ),
    attack=(
        "A permutation of few words is matched by their frequencies: who knows that most customers "
        "are of one country, most patients of blood group O or A, or the share of women, finds "
        "the words again by counting. One known pair of two words tells both. It makes data "
        "believable, not secret; where the word itself is sensitive use `redact`, `tag`, `null` or "
        "`drop_column`."
    ),
    examples=(
        Example("France", {"list": "country"}, domain="contact.country"),
        Example("FR", {"list": "country"}, domain="contact.country"),
        Example("FRA", {"list": "country"}, domain="contact.country"),
        Example("Atlantis", {"list": "country"}, domain="contact.country"),
        Example("French", {"list": "nationality"}, domain="person.nationality"),
        Example("F", {"list": "gender"}, domain="person.gender"),
        Example("female", {"list": "gender"}, domain="person.gender"),
        Example("Mrs.", {"list": "title"}, domain="person.title"),
        Example("married", {"list": "marital_status"}, domain="person.marital_status"),
        Example("AB+", {"list": "blood_type"}, domain="health.blood_type"),
        Example("Nurse", {"list": "job"}, domain="person.job"),
        Example("Bachelor's degree", {"list": "education"}, domain="person.education"),
    ),
)
