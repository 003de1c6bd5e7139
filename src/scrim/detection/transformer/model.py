"""A transformer that names the entities in texts, run by ONNX Runtime."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scrim.detection.catalogue import Catalogue, builtin_catalogue
from scrim.detection.transformer.errors import trouble
from scrim.detection.transformer.folder import EXPORT, MIN_TOKENS, Folder, read_folder
from scrim.detection.transformer.labels import NOTHING, Meaning, meanings
from scrim.detection.transformer.windows import Token, Window, windows
from scrim.domain.finding import Evidence, Finding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]

MAX_CHARACTERS: Final = 1 << 20
"""Characters at the begin of a text that the model reads; the kernel searches all of it."""
BATCH: Final = 16
"""Windows that the model reads at once."""
INPUTS: Final = frozenset({"input_ids", "attention_mask", "token_type_ids"})
INTEGERS: Final[Mapping[str, str]] = {"tensor(int64)": "int64", "tensor(int32)": "int32"}
_EDGES: Final = " \t\r\n.,;:!?()[]{}<>\"'`«»“”„‘’"  # noqa: RUF001 - quotation marks are meant
_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


@dataclass(slots=True)
class _Value:
    """A value that is being read: words that follow each other with one label."""

    meaning: Meaning
    start: int
    end: int
    shares: list[float]


class Transformer:
    """A model in memory. It reads one text after the other and keeps none."""

    def __init__(
        self,
        folder: str | PathLike[str],
        labels: Mapping[str, str | None] | None = None,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Load a model.

        Args:
            folder: Folder with `model.onnx`, `tokenizer.json` and `config.json`, as Hugging Face's
                token classification is exported; and `scrim.json`, if it takes one.
            labels: Entities by label without prefix, None for labels to leave out; goes before
                what `scrim.json` and scrim say.
            catalogue: The entities that there are; those that come with scrim without it.

        Raises:
            TransformerError: If there is no model that can be used; says what to do.
            ModuleNotFoundError: If the extra `transformer` is not installed.
        """
        self._folder = read_folder(Path(folder))
        choices = self._folder.choices
        self._meanings = meanings(
            self._folder.labels,
            {**choices.labels, **(labels or {})},
            (catalogue or builtin_catalogue()).names,
            self._folder.config,
        )
        self._columns = {
            meaning.label: [
                place for place, one in enumerate(self._meanings) if one.label == meaning.label
            ]
            for meaning in dict.fromkeys(self._meanings)
        }
        self._by_token = choices.words == "tokens"
        self._least = choices.min_confidence
        self._session = _session(self._folder)
        self._output = _check_output(self._session, self._folder)
        self._types = _input_types(self._session, self._folder)
        self._batch, self._length = _sizes(self._session, self._folder)
        self._tokenizer = _tokenizer(self._folder, self._length or self._folder.max_tokens)

    def find(self, texts: Sequence[str]) -> list[list[Finding]]:
        """Find the values in each text; the spans count characters.

        Args:
            texts: The texts; of each, the first `MAX_CHARACTERS` are read.

        Raises:
            TransformerError: If the model fails, or answers in another form than it said.
        """
        found: list[list[Finding]] = [[] for _ in texts]
        read = [text[:MAX_CHARACTERS].translate(_SURROGATES) for text in texts]
        # A text without a letter names nobody, and models are slow.
        waiting = (
            (number, window)
            for number, text in enumerate(read)
            if any(map(str.isalpha, text))
            for window in windows(text, self._tokenizer)
        )
        values: list[_Value] = []
        last = -1
        while batch := list(islice(waiting, self._batch)):
            rows = self._run([window for _, window in batch])
            for (number, window), shares in zip(batch, rows, strict=True):
                if number != last:
                    self._report(values, read, last, found)
                    values, last = [], number
                self._read(window, shares, values)
        self._report(values, read, last, found)
        return found

    def _run(self, batch: Sequence[Window]) -> "Rows":
        """Return the shares of all labels, by window and token."""
        import numpy  # noqa: PLC0415, ICN001, RUF100 - comes with the extra

        length = self._length or max(len(window.ids) for window in batch)
        ids = numpy.full((len(batch), length), self._folder.pad, numpy.int64)
        mask = numpy.zeros((len(batch), length), numpy.int64)
        for number, window in enumerate(batch):
            ids[number, : len(window.ids)] = window.ids
            mask[number, : len(window.ids)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": mask * 0}
        feed = {name: given[name].astype(kind) for name, kind in self._types.items()}
        try:
            logits = self._session.run([self._output], feed)[0]
        except Exception as error:
            # Only the kind of error: its message may quote what the model was given.
            raise trouble(
                self._folder.model,
                "",
                f"failed on {len(batch)} windows of {length} tokens ({type(error).__name__})",
                "check that tokenizer.json, config.json and the model belong together",
            ) from None
        shape = (len(batch), length, len(self._meanings))
        if logits.shape != shape or not numpy.isfinite(logits).all():
            raise trouble(
                self._folder.model,
                self._output,
                f"is not made of numbers in the shape {list(shape)}",
                "export the model for token classification",
            )
        powers = numpy.exp(logits.astype(numpy.float64) - logits.max(axis=-1, keepdims=True))
        shares: Rows = powers / powers.sum(axis=-1, keepdims=True)
        return shares

    def _read(self, window: Window, shares: "Rows", values: list[_Value]) -> None:
        """Add the values of a window to those of its text; the last one may go on."""
        for start, end, row in self._words(window.owned):
            best = self._meanings[int(shares[row].argmax())]
            share = float(shares[row][self._columns[best.label]].sum())
            open_value = values[-1] if values else None
            if (
                open_value is not None
                and open_value.meaning.label == best.label
                and not best.starts
            ):
                open_value.end = end
                open_value.shares.append(share)
            elif best is not NOTHING or (open_value and open_value.meaning is not NOTHING):
                values.append(_Value(best, start, end, [share]))

    def _words(self, tokens: Sequence[Token]) -> Iterator[tuple[int, int, int]]:
        """Yield start, end and the row that tells of each word."""
        place = 0
        while place < len(tokens):
            first = last = tokens[place]
            place += 1
            while not self._by_token and place < len(tokens) and tokens[place].word == first.word:
                last = tokens[place]
                place += 1
            yield first.start, last.end, first.row

    def _report(
        self,
        values: Sequence[_Value],
        texts: Sequence[str],
        number: int,
        found: Sequence[list[Finding]],
    ) -> None:
        for value in values:
            entity = value.meaning.entity
            confidence = sum(value.shares) / len(value.shares)
            if entity is None or confidence < self._least:
                continue
            written = texts[number][value.start : value.end]
            edges = " \t\r\n" if entity.startswith("secret.") else _EDGES
            start = value.start + len(written) - len(written.lstrip(edges))
            end = value.end - len(written) + len(written.rstrip(edges))
            if start < end:
                found[number].append(
                    Finding(start, end, entity, min(confidence, 1.0), Evidence.MODEL)
                )


def _missing() -> ModuleNotFoundError:
    return ModuleNotFoundError(
        "a transformer needs onnxruntime and tokenizers; install them with "
        "`pip install 'scrim-gateway[transformer]'`"
    )


def _session(folder: Folder) -> Any:  # noqa: ANN401 - ONNX Runtime has no types
    try:
        from onnxruntime import InferenceSession, SessionOptions  # noqa: PLC0415
    except ModuleNotFoundError:
        raise _missing() from None
    options = SessionOptions()
    options.log_severity_level = 4
    try:
        return InferenceSession(
            str(folder.model), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        raise trouble(
            folder.model, "", f"is no model that can be run ({type(error).__name__})", EXPORT
        ) from None


def _tokenizer(folder: Folder, length: int) -> Any:  # noqa: ANN401 - the extra may be missing
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415
    except ModuleNotFoundError:
        raise _missing() from None
    try:
        tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    except Exception:
        raise trouble(folder.tokenizer, "", "is no tokenizer that can be read", EXPORT) from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(length)
    # What looks like a mark of the model in a text is text.
    tokenizer.encode_special_tokens = True
    return tokenizer


def _check_output(session: Any, folder: Folder) -> str:  # noqa: ANN401
    outputs = {output.name: output for output in session.get_outputs()}
    output = outputs.get("logits", next(iter(outputs.values())))
    last = output.shape[-1] if len(output.shape or ()) == 3 else 0
    if len(output.shape or ()) != 3 or (isinstance(last, int) and last != len(folder.labels)):
        raise trouble(
            folder.model,
            output.name,
            f"has the shape {output.shape}, and not one number for each of the "
            f"{len(folder.labels)} labels of config.json, for each token of each text",
            "export the model for token classification, and name its own config.json",
        )
    name: str = output.name
    return name


def _input_types(session: Any, folder: Folder) -> dict[str, str]:  # noqa: ANN401
    types: dict[str, str] = {}
    for given in session.get_inputs():
        if given.name not in INPUTS or given.type not in INTEGERS or len(given.shape) != 2:
            raise trouble(
                folder.model,
                given.name,
                f"is an input of the type {given.type} and the shape {given.shape}, which scrim "
                "does not know",
                f"export the model with integers of two dimensions for {', '.join(sorted(INPUTS))}",
            )
        types[given.name] = INTEGERS[given.type]
    if "input_ids" not in types:
        raise trouble(folder.model, "input_ids", "is no input of the model", EXPORT)
    return types


def _sizes(session: Any, folder: Folder) -> tuple[int, int | None]:  # noqa: ANN401
    """Return how many windows are read at once, and how long they are if the model says so."""
    batch, length = next(given.shape for given in session.get_inputs() if given.name == "input_ids")
    fixed = length if isinstance(length, int) else None
    if fixed is not None and not MIN_TOKENS <= fixed <= folder.max_tokens:
        raise trouble(
            folder.model,
            "input_ids",
            f"takes exactly {fixed} tokens; scrim gives {MIN_TOKENS} to {folder.max_tokens}",
            "export the model with a dynamic length",
        )
    if isinstance(batch, int) and batch != 1:
        raise trouble(
            folder.model,
            "input_ids",
            f"takes exactly {batch} texts at once",
            "export the model with a dynamic batch",
        )
    return (1 if batch == 1 else BATCH), fixed
