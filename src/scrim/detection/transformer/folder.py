"""Reads the folder of a model: the layout of token classification that Hugging Face exports.

`model.onnx` (here or in `onnx/`), `tokenizer.json` and `config.json`, and `scrim.json` if scrim has
to be told more. Nothing is ever fetched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from scrim.config.base import EntityName, Settings
from scrim.detection.transformer.errors import trouble

MAX_JSON_BYTES: Final = 1 << 20
MAX_TOKENIZER_BYTES: Final = 1 << 27
MAX_LABELS: Final = 4096
MAX_TOKENS: Final = 512
MIN_TOKENS: Final = 8

Label = Annotated[str, StringConstraints(min_length=1, max_length=128)]
EXPORT: Final = (
    "name a folder with model.onnx, tokenizer.json and config.json, such as "
    "`optimum-cli export onnx --task token-classification` writes"
)


class Choices(Settings):
    """What `scrim.json` says."""

    labels: dict[Label, EntityName | None] = Field(
        default_factory=dict,
        max_length=MAX_LABELS,
        description="Entities by label without prefix; null reports nothing.",
    )
    min_confidence: float = Field(
        default=0.5, ge=0, le=1, description="Findings below it are not reported."
    )
    words: Literal["first", "tokens"] = Field(
        default="first",
        description="`first`: a word is what its first token is, as most models are trained; "
        "`tokens`: every token counts by itself, for scripts without spaces.",
    )


class _Config(Settings):
    """The part of `config.json` that is read."""

    model_config = ConfigDict(extra="ignore")

    id2label: dict[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}$")], Label] = Field(
        min_length=2, max_length=MAX_LABELS
    )
    pad_token_id: int | None = Field(default=0, ge=0, le=1 << 24)
    max_position_embeddings: int = Field(default=MAX_TOKENS, ge=MIN_TOKENS)


_Kind = TypeVar("_Kind", bound=Settings)


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder says of its model.

    Attributes:
        model: The file of the model.
        tokenizer: The file of the tokenizer.
        config: The file with the labels.
        labels: The labels by their numbers.
        pad: Number of the token that fills up.
        max_tokens: Most tokens that the model takes at once.
        choices: What `scrim.json` says.
    """

    model: Path
    tokenizer: Path
    config: Path
    labels: tuple[str, ...]
    pad: int
    max_tokens: int
    choices: Choices


def read_folder(path: Path) -> Folder:
    """Read what a folder says of its model.

    Args:
        path: The folder.

    Raises:
        TransformerError: If a file is missing or says what cannot be.
    """
    if not path.is_dir():
        raise trouble(path, "", "is no folder", EXPORT)
    places = [path / "model.onnx", path / "onnx" / "model.onnx"]
    model = next((place for place in places if place.is_file()), places[0])
    for file in (model, path / "tokenizer.json", path / "config.json"):
        if not file.is_file():
            raise trouble(file, "", "there is no such file", EXPORT)
    if (path / "tokenizer.json").stat().st_size > MAX_TOKENIZER_BYTES:
        raise trouble(path / "tokenizer.json", "", "has more than 128 MB", EXPORT)
    config = _checked(_Config, path / "config.json")
    own = path / "scrim.json"
    return Folder(
        model,
        path / "tokenizer.json",
        path / "config.json",
        _in_order(config.id2label, path / "config.json"),
        config.pad_token_id or 0,
        min(MAX_TOKENS, config.max_position_embeddings),
        _checked(Choices, own) if own.exists() else Choices(),
    )


def _in_order(id2label: Mapping[str, str], file: Path) -> tuple[str, ...]:
    labels = {int(number): label for number, label in id2label.items()}
    if sorted(labels) != list(range(len(id2label))):
        raise trouble(
            file, "id2label", "does not number its labels from 0 on", "correct their numbers"
        )
    return tuple(labels[number] for number in range(len(labels)))


def _checked(kind: type[_Kind], file: Path) -> _Kind:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_JSON_BYTES + 1)
        if len(data) > MAX_JSON_BYTES:
            raise trouble(file, "", "has more than 1 MB", "name the folder of a model")
        document = json.loads(data)
    except OSError as error:
        raise trouble(file, "", error.strerror or "cannot be read", EXPORT) from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise trouble(file, "", "is not JSON", "write it anew") from None
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise trouble(file, key, first["msg"], "correct it; see the Python API") from None
