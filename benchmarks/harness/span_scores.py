"""Scores predicted spans against the labelled spans of texts.

The rules:

1. A prediction *fits* a labelled span when its entity answers to the span's label and both touch
   (overlap mode) or have the same boundaries (exact mode).
2. Labelled spans of address parts that only white space and punctuation separate are one *block*.
   In a block of two or more, and in one whose label may mean a whole address, every entity of an
   address fits every span: one data set calls a whole block an address, another its lines. A place
   that stands alone wants an entity of a place.
3. A labelled span is *found* when any prediction fits it, and counts once, however many fit.
4. A prediction is *right* when it fits any labelled span, and counts once, however many spans it
   covers.
5. A prediction belongs to the first label of the map that its entity answers to. Recall of a label
   is found / labelled spans; its precision is right / all predictions that belong to it. `all` adds
   up the counts of every label. F2 is 5PR / (4P + R), which weighs recall above precision.
6. Predictions of entities that answer to no label are listed, and are neither right nor wrong.
   Labelled spans whose label maps to nothing are left out, and so are predictions that touch only
   them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.labels import ADDRESS_PARTS, ADDRESS_WHOLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.detection_data import Span, Text
    from harness.labels import LabelMap

MAX_GAP_CHARACTERS = 12
"""Longest stretch of white space and punctuation inside one block."""
OVERALL = "all"


@dataclass(slots=True)
class Score:
    """The counts of one label.

    Attributes:
        labelled: Labelled spans.
        found: Labelled spans that were found.
        predicted: Predictions.
        right: Predictions that are right.
    """

    labelled: int = 0
    found: int = 0
    predicted: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        """Share of the predictions that are right, 0 without any."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the labelled spans that were found, 0 without any."""
        return self.found / self.labelled if self.labelled else 0.0

    @property
    def f2(self) -> float:
        """Their weighted harmonic mean, in which recall weighs more."""
        below = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / below if below else 0.0

    def add(self, other: Score) -> None:
        """Add the counts of another label.

        Args:
            other: Its score.
        """
        self.labelled += other.labelled
        self.found += other.found
        self.predicted += other.predicted
        self.right += other.right


@dataclass(slots=True)
class SpanScores:
    """The outcome for a file.

    Attributes:
        by_label: Counts by label, in the order of the map.
        unmapped: Predictions of entities that answer to no label, by entity.
        left_out: Labelled spans whose label maps to nothing, by label.
    """

    by_label: dict[str, Score]
    unmapped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def overall(self, labels: Iterable[str] | None = None) -> Score:
        """Return the sum of the counts of some labels, all of them by default.

        Args:
            labels: The labels.
        """
        total = Score()
        for label in self.by_label if labels is None else labels:
            total.add(self.by_label[label])
        return total


@dataclass(frozen=True, slots=True)
class _Gold:
    span: Span
    whole_block: bool


def score_spans(
    texts: Sequence[Text],
    predictions: Sequence[Sequence[Span]],
    label_map: LabelMap,
    *,
    exact: bool = False,
) -> SpanScores:
    """Score the predictions for some texts.

    Args:
        texts: The texts.
        predictions: What was predicted for each of them.
        label_map: The entities of each label.
        exact: Whether boundaries must be the same.
    """
    labels = [label for label, names in label_map.patterns.items() if names]
    scores = SpanScores({label: Score() for label in labels})
    for text, predicted in zip(texts, predictions, strict=True):
        golds = _golds(text, label_map)
        ignored = [span for span in text.spans if span.entity not in scores.by_label]
        scores.left_out.update(span.entity for span in ignored)
        _score_text(golds, ignored, predicted, _Rules(label_map, exact), scores)
    return scores


@dataclass(frozen=True, slots=True)
class _Rules:
    label_map: LabelMap
    exact: bool

    def fits(self, predicted: Span, gold: _Gold) -> bool:
        span = gold.span
        same = (predicted.start, predicted.end) == (span.start, span.end)
        if not (same if self.exact else predicted.touches(span)):
            return False
        if gold.whole_block and predicted.entity in ADDRESS_PARTS:
            return True
        return self.label_map.has(span.entity, predicted.entity)


def _score_text(
    golds: Sequence[_Gold],
    ignored: Sequence[Span],
    predictions: Sequence[Span],
    rules: _Rules,
    scores: SpanScores,
) -> None:
    found = [False] * len(golds)
    for predicted in predictions:
        home = rules.label_map.home(predicted.entity)
        right = False
        for place, gold in enumerate(golds):
            if rules.fits(predicted, gold):
                found[place] = right = True
        if home is None:
            scores.unmapped[predicted.entity] += 1
            continue
        touched = any(predicted.touches(gold.span) for gold in golds)
        if not touched and any(predicted.touches(span) for span in ignored):
            continue
        scores.by_label[home].predicted += 1
        scores.by_label[home].right += right
    for gold, was_found in zip(golds, found, strict=True):
        scores.by_label[gold.span.entity].labelled += 1
        scores.by_label[gold.span.entity].found += was_found


def _golds(text: Text, label_map: LabelMap) -> list[_Gold]:
    """Return the labelled spans that count, each with whether it is in a block of an address."""
    counted = [span for span in text.spans if label_map.patterns.get(span.entity)]
    parts = [span for span in counted if label_map.has_any(span.entity, ADDRESS_PARTS)]
    in_block: set[Span] = set()
    block: list[Span] = []
    for span in parts:
        if block and not _joined(text.text[block[-1].end : span.start]):
            in_block.update(_whole(block, label_map))
            block = []
        block.append(span)
    in_block.update(_whole(block, label_map))
    return [_Gold(span, span in in_block) for span in counted]


def _joined(gap: str) -> bool:
    return len(gap) <= MAX_GAP_CHARACTERS and not any(c.isalnum() for c in gap)


def _whole(block: Sequence[Span], label_map: LabelMap) -> Sequence[Span]:
    one_suffices = any(label_map.has_any(span.entity, ADDRESS_WHOLES) for span in block)
    return block if len(block) > 1 or one_suffices else ()


def without_overlaps(spans: Iterable[tuple[Span, float]]) -> tuple[Span, ...]:
    """Return spans of which none overlap: of those that do the surer, then the longer one.

    Args:
        spans: Spans, each with how sure it is.
    """
    kept: list[Span] = []
    ordered = sorted(spans, key=lambda one: (-one[1], one[0].start - one[0].end, one[0].start))
    for span, _ in ordered:
        if not any(span.touches(other) for other in kept):
            kept.append(span)
    return tuple(sorted(kept, key=lambda span: span.start))
