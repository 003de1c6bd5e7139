"""Scores verdicts on columns, and hits in texts that hold a secret or none.

Columns: a verdict is right when its entity answers to the column's label. The F1 of a label counts
columns: right ones, columns of the label with another verdict or none (missed), and columns whose
verdict belongs to the label though they have another one (false). Macro-F1 is the mean over the
labels that the file has. A column is *found sensitive* when its verdict names any entity: recall
and precision of that ask for no type. Columns whose label maps to nothing are left out.

Secrets: a text is *hit* when anything in it is found that answers to the label `secret`. Recall is
the share of the texts with a secret that are hit, the other figure the share of those without.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.span_scores import Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.detection_data import LabelledColumn, SecretText
    from harness.labels import LabelMap


@dataclass(slots=True)
class ColumnScores:
    """The outcome for a file of columns.

    Attributes:
        by_label: Counts by label.
        sensitive: Counts of sensitive columns, whatever their type.
        left_out: Columns whose label maps to nothing, by label.
        false_alarms: Verdicts on harmless columns, by entity.
    """

    by_label: dict[str, Score]
    sensitive: Score = field(default_factory=Score)
    left_out: Counter[str] = field(default_factory=Counter)
    false_alarms: Counter[str] = field(default_factory=Counter)

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the labels that the file has."""
        present = [f1(score) for score in self.by_label.values() if score.labelled]
        return sum(present) / len(present) if present else 0.0


def f1(score: Score) -> float:
    """Return the harmonic mean of precision and recall.

    Args:
        score: The counts.
    """
    total = score.predicted + score.labelled
    return 2 * score.right / total if total else 0.0


def score_columns(
    columns: Sequence[LabelledColumn], verdicts: Sequence[str | None], label_map: LabelMap
) -> ColumnScores:
    """Score verdicts.

    Args:
        columns: The columns.
        verdicts: The entity of each, None where nothing was found.
        label_map: The entities of each label.
    """
    labels = [label for label, names in label_map.patterns.items() if names]
    scores = ColumnScores({label: Score() for label in labels})
    for column, verdict in zip(columns, verdicts, strict=True):
        gold = column.entity
        if gold is not None and gold not in scores.by_label:
            scores.left_out[gold] += 1
            continue
        sensitive = gold is not None
        scores.sensitive.labelled += sensitive
        scores.sensitive.predicted += verdict is not None
        both = int(sensitive and verdict is not None)
        scores.sensitive.found += both
        scores.sensitive.right += both
        if gold is not None:
            scores.by_label[gold].labelled += 1
        elif verdict is not None:
            scores.false_alarms[verdict] += 1
        if verdict is None:
            continue
        right = gold is not None and label_map.has(gold, verdict)
        charged = gold if right else label_map.home(verdict)
        if charged is not None:
            scores.by_label[charged].predicted += 1
            scores.by_label[charged].right += right
            scores.by_label[charged].found += right
    return scores


@dataclass(slots=True)
class SecretScores:
    """The outcome for a file of texts that hold a secret or none.

    Attributes:
        positives: Texts with a secret.
        hits: Those of them in which one was found.
        negatives: Texts without.
        false_hits: Those of them in which something was found.
        by_entity: False hits by entity.
    """

    positives: int = 0
    hits: int = 0
    negatives: int = 0
    false_hits: int = 0
    by_entity: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """Share of the texts with a secret that were hit."""
        return self.hits / self.positives if self.positives else 0.0

    @property
    def negative_share(self) -> float:
        """Share of the texts without a secret that were hit."""
        return self.false_hits / self.negatives if self.negatives else 0.0

    @property
    def precision(self) -> float:
        """Share of the hits that are right."""
        total = self.hits + self.false_hits
        return self.hits / total if total else 0.0


def score_secrets(
    texts: Sequence[SecretText], found: Sequence[Iterable[str]], label_map: LabelMap
) -> SecretScores:
    """Score hits.

    Args:
        texts: The texts.
        found: The entities that were found in each.
        label_map: The entities of the label `secret`.
    """
    scores = SecretScores()
    for text, entities in zip(texts, found, strict=True):
        secrets = {entity for entity in entities if label_map.has("secret", entity)}
        if text.secret:
            scores.positives += 1
            scores.hits += bool(secrets)
        else:
            scores.negatives += 1
            scores.false_hits += bool(secrets)
            scores.by_entity.update(secrets)
    return scores


def siblings_by_table(columns: Iterable[LabelledColumn]) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the columns of each table.

    Args:
        columns: The columns of a file; those without a table have no siblings.
    """
    names: dict[str, list[str]] = {}
    for column in columns:
        if column.table:
            names.setdefault(column.table, []).append(column.column)
    return {table: tuple(found) for table, found in names.items()}
