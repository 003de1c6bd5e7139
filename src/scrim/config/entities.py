"""The `detection` block: entities of a user's own, beside those that come with scrim."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from scrim.config.base import FilePath, Settings

Declaration = dict[str, Any]


LineOf = Callable[[tuple[str | int, ...]], int]


class CustomEntities(Settings):
    """Entities in the form of those that come with scrim, which are checked at the start."""

    entities_file: FilePath | None = Field(
        default=None, description="TOML file of `[[entity]]` tables."
    )
    custom: Annotated[list[Declaration], Field(max_length=1000)] = Field(
        default_factory=list,
        description="The same as mappings. `words_file` in place of `words` names a file with one "
        "word a line.",
    )
    plugins: bool = Field(
        default=True,
        description="Whether installed packages may add entities (entry points `scrim.entities`).",
    )
    _file: Path = PrivateAttr(default=Path("scrim.yaml"))
    _line_of: LineOf | None = PrivateAttr(default=None)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - as pydantic has it
        """Remember where the block stands, for errors about what is in it."""
        if isinstance(context, dict):
            self._file = context.get("file", self._file)
            self._line_of = context.get("line_of", self._line_of)

    @property
    def file(self) -> Path:
        """The file that the block stands in."""
        return self._file

    def line(self, *key: str | int) -> int:
        """Return the line of something in `custom`, 0 when it is not known.

        Args:
            key: Number of the entity, and name of its setting.
        """
        return 0 if self._line_of is None else self._line_of(("detection", "custom", *key))
