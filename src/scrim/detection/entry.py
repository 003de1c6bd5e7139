"""How one entity is declared, by scrim and by its users."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from scrim.config.base import EntityName, Settings
from scrim.kernel import native_shapes

NATIVE_SHAPES = frozenset(native_shapes())
"""Recognisers of the kernel."""
FORMS: Mapping[str, tuple[str, ...]] = {
    "pattern": ("pattern",),
    "code": ("formats",),
    "token": ("prefixes", "pattern"),
    "assigned": ("keys", "pattern"),
    "words": ("words",),
    "column": (),
}
"""Forms that an entry declares by itself, with the fields that each of them needs."""
CHECKED_FORMS = frozenset({"pattern", "code", "token", "assigned"})
"""Forms whose values a checksum can test."""
MIN_KEYWORD_CHARACTERS = 3

TEXT_TYPES = ("text", "name", "unknown")

Words = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ChecksumName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Confidence = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
VoteName = Literal[
    "given_name",
    "family_name",
    "full_name",
    "street",
    "city",
    "state",
    "country",
    "organization",
    "job_title",
]


class Parts(Settings):
    """An example that is put together when it is used, so that it is no leak where it stands."""

    parts: tuple[Text, ...] = Field(min_length=2, max_length=16)


Example = Text | Parts


class Entry(Settings):
    """One entity: how its values are found, what its columns are called, and proof of both.

    A user's own entities have the same form.
    """

    name: EntityName = Field(description="Group and name, such as `contact.email`.")
    source: Text = Field(description="Official document that defines the values.")
    shape: str = Field(
        description="Native recogniser, or a form that the entry declares: `pattern`, `code`, "
        "`token`, `assigned`, `words` or `column`."
    )
    pattern: Text | None = Field(
        default=None,
        description="Regular expression of a `pattern`, of a whole `token` with its prefix, or of "
        "the whole value of an `assigned`.",
    )
    formats: tuple[Text, ...] = Field(
        default=(),
        max_length=100,
        description="Layouts of a `code`: `#` digit, `@` letter, `*` either, `[...]` one of a set, "
        "`{2}` or `{2,4}` times what stands before, `~` everywhere no, or the same, separator.",
    )
    prefixes: tuple[Text, ...] = Field(
        default=(), max_length=100, description="Literals that a `token` begins with."
    )
    keys: tuple[Words, ...] = Field(
        default=(),
        max_length=100,
        description="Words in the name that an `assigned` value is given to.",
    )
    words: tuple[Words, ...] = Field(
        default=(), max_length=10_000, description="The values of the shape `words`."
    )
    label: (
        Literal[
            "PERSON",
            "ORG",
            "PLACE",
            "COUNTRY",
            "ADDRESS",
            "TITLE",
            "JOB",
            "AGE",
            "DATE",
            "NRP",
            "ZIP",
        ]
        | None
    ) = Field(default=None, description="What the tagger of free text calls it.")
    checksum: ChecksumName | None = Field(
        default=None, description="Checksum that a value must pass."
    )
    confidence: Confidence | None = Field(
        default=None, description="How sure a match is by itself, if not as its form says."
    )
    bare_confidence: Confidence | None = Field(
        default=None, description="The same for a `code` that is written without separators."
    )
    keywords: tuple[Words, ...] = Field(
        default=(), max_length=1000, description="Words that support a value beside them."
    )
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Findings below it are not reported."
    )
    informational: bool = Field(
        default=False,
        description="Whether it is shown by scans and kept by policies that name it, but is no "
        "reason to mask by itself, such as an identifier without a meaning.",
    )
    on_demand: bool = Field(
        default=False,
        description="Whether it is looked for only where an operator or a profile names it, not by "
        "scans either, since what is called so is mostly nothing to keep from anybody.",
    )
    vote: VoteName | None = Field(
        default=None, description="Class of short values by which values without a shape are known."
    )
    types: tuple[Words, ...] = Field(
        default=TEXT_TYPES, min_length=1, description="Kinds of column types that may hold it."
    )
    telling_types: tuple[Words, ...] = Field(
        default=(), description="Kinds among them that hold it whatever the column's name is."
    )
    columns: tuple[Words, ...] = Field(
        default=(), description="Words in a column's name that say it, whatever stands around them."
    )
    weak_columns: tuple[Words, ...] = Field(
        default=(), description="Whole column names that say it with support by table or values."
    )
    whole_columns: tuple[Words, ...] = Field(
        default=(),
        description="Whole column names that say it without support, but not as a part of others.",
    )
    table_columns: tuple[Words, ...] = Field(
        default=(),
        description="Whole column names that say it in one of `tables`, and nothing elsewhere; "
        "`tables` then support no weak names.",
    )
    tables: tuple[Words, ...] = Field(
        default=(), description="Words in a table's name that support a weak column name."
    )
    counter_tables: tuple[Words, ...] = Field(
        default=(), description="Words in a table's name that say that it is something else."
    )
    counter_words: tuple[Words, ...] = Field(
        default=(),
        description="The same beside the name, and for weak names in the table's as well.",
    )
    matches: tuple[Example, ...] = Field(default=(), description="Texts that hold a value.")
    non_matches: tuple[Example, ...] = Field(default=(), description="Texts that hold none.")
    values: tuple[Example, ...] = Field(
        default=(), description="Whole values that are found in a column that holds them."
    )
    non_values: tuple[Example, ...] = Field(
        default=(), description="Whole values that are not found even there."
    )
    column_matches: tuple[Words, ...] = Field(
        default=(), description="`column` or `table.column` that hold values."
    )
    column_non_matches: tuple[Words, ...] = Field(
        default=(), description="`column` or `table.column` that do not."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.shape not in NATIVE_SHAPES | FORMS.keys():
            raise ValueError(f"shape: there is no recogniser `{self.shape}`")
        needed = FORMS.get(self.shape, ())
        for name in ("pattern", "formats", "prefixes", "keys", "words"):
            if bool(getattr(self, name)) != (name in needed):
                verb = "is needed by" if name in needed else "does not belong to"
                raise ValueError(f"{name}: {verb} the shape `{self.shape}`")
        if self.checksum is not None and self.shape not in CHECKED_FORMS:
            raise ValueError(f"checksum: does not belong to the shape `{self.shape}`")
        if self.bare_confidence is not None and self.shape != "code":
            raise ValueError("bare_confidence: belongs to the shape `code`")
        if self.shape == "column" and not (self.columns or self.whole_columns or self.label):
            raise ValueError("columns: the shape `column` needs at least one")
        if not set(self.telling_types) <= set(self.types):
            raise ValueError("telling_types: must be among the types")
        if self.shape != "column" and not (self.matches and self.non_matches):
            raise ValueError("matches: at least one example and one counter-example are needed")
        return self

    def kernel_spec(self) -> dict[str, object]:
        """Return the part that the kernel's scanner takes."""
        spec: dict[str, object] = {
            "name": self.name,
            "shape": self.shape,
            "keywords": self.all_keywords(),
            "columns": self.columns,
            "whole_columns": self.whole_columns,
            "weak_columns": self.weak_columns,
            "tables": self.tables,
            "counter_words": self.counter_words,
            "min_confidence": self.min_confidence,
        }
        optional = ("pattern", "formats", "prefixes", "keys", "words", "label", "checksum")
        for name in (*optional, "confidence", "bare_confidence"):
            value = getattr(self, name)
            if value not in (None, ()):
                spec[name] = value
        return spec

    def all_keywords(self) -> tuple[str, ...]:
        """Return the keywords, among them for a code what its columns are called."""
        if self.shape != "code":
            return self.keywords
        names = [name.replace("_", " ") for name in self.columns]
        named = (name for name in names if len(name) >= MIN_KEYWORD_CHARACTERS)
        return tuple(dict.fromkeys((*self.keywords, *named)))


def example_text(example: Example) -> str:
    """Return the text of an example."""
    return example if isinstance(example, str) else "".join(example.parts)
