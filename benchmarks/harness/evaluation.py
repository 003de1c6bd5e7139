"""Lets scrim, and the peer where it is wanted, work through a file, and reports their scores."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from harness.column_scores import f1, score_columns, score_secrets, siblings_by_table
from harness.detection_data import Kind, Span
from harness.labels import SHORT_NAMES, LabelMap, default_map
from harness.presidio import ENTITIES, NOTE
from harness.span_scores import score_spans
from scrim.detection.columns import ColumnJudge
from scrim.detection.scan import builtin_scanner
from scrim.detection.voting import MAX_VALUES
from scrim.domain.column import Column

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Sequence

    from harness.detection_data import DataFile, LabelledColumn
    from harness.presidio import Presidio
    from harness.report import Report
    from harness.span_scores import Score, SpanScores
    from scrim.domain.finding import Finding

SECRETS = LabelMap({"secret": ("secret.*",)})
PEER_VALUES = 64
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a file is evaluated.

    Attributes:
        data: The content of the file.
        given_map: The map that was given for it.
        headers: Whether the names of columns and tables may be used.
        peer: The peer, if it is to be compared with.
    """

    data: DataFile
    given_map: LabelMap | None
    headers: bool
    peer: Presidio | None

    def run(self, report: Report) -> None:
        """Evaluate the file.

        Args:
            report: Takes the figures.
        """
        kinds: dict[Kind, Callable[[Report], None]] = {
            Kind.TEXTS: self._texts,
            Kind.COLUMNS: self._columns,
            Kind.SECRETS: self._secrets,
        }
        if self.peer is not None:
            report.note(NOTE)
        kinds[self.data.kind](report)

    def _map(self, labels: set[str], report: Report) -> LabelMap:
        names = builtin_scanner().catalogue.names
        label_map = self.given_map or default_map(labels, names)
        mapped = label_map.mapped(labels)
        unmapped = sorted(labels - set(mapped))
        if unmapped:
            report.note(f"left out, because they map to nothing: {', '.join(unmapped)}")
        unknown = label_map.unknown(mapped, names)
        if unknown:
            report.note(f"missed as a whole, because no such entity exists: {', '.join(unknown)}")
        return label_map

    def _texts(self, report: Report) -> None:
        texts = self.data.texts
        labels = {span.entity for text in texts for span in text.spans}
        label_map = self._map(labels, report)
        written = [text.text for text in texts]
        found, seconds = _timed(written)
        spans = [[Span(f.start, f.end, f.entity) for f in findings] for findings in found]
        overlap = score_spans(texts, spans, label_map)
        _report_spans(report, overlap, "", labels)
        _report_spans(report, score_spans(texts, spans, label_map, exact=True), "exact_", labels)
        _listed(report, "predicted outside every label, not counted", overlap.unmapped)
        size = sum(len(text.encode()) for text in written) / 1e6
        report.add("text_mb_s", size / seconds, "MB/s")
        if self.peer is None:
            return
        answer = self.peer.find(written)
        theirs = score_spans(texts, answer.spans, label_map)
        _report_spans(report, theirs, "peer_", labels)
        _ratio(report, "all_f2_ratio", overlap.overall().f2, theirs.overall().f2)
        known = [name for name in theirs.by_label if label_map.has_any(name, ENTITIES.values())]
        report.add("known_f2", overlap.overall(known).f2)
        report.add("peer_known_f2", theirs.overall(known).f2)
        _ratio(report, "known_f2_ratio", overlap.overall(known).f2, theirs.overall(known).f2)
        report.note(f"`known` are the labels that Presidio's patterns can find: {', '.join(known)}")
        report.add("peer_text_mb_s", size / answer.seconds, "MB/s")
        _ratio(report, "text_speed_ratio", answer.seconds, seconds)

    def _columns(self, report: Report) -> None:
        columns = self.data.columns
        labels = {column.entity for column in columns if column.entity is not None}
        label_map = self._map(labels, report)
        started = time.perf_counter()
        verdicts = judge_columns(columns, headers=self.headers)
        seconds = time.perf_counter() - started
        scores = score_columns(columns, verdicts, label_map)
        report.add("macro_f1", scores.macro_f1)
        report.add("sensitive_recall", scores.sensitive.recall)
        report.add("sensitive_precision", scores.sensitive.precision)
        table = _score_table("by column", "F1")
        figures: dict[str, float] = {}
        for label, score in scores.by_label.items():
            if score.labelled or score.predicted:
                _show(table, label, score, f1(score))
                figures |= _figures(label.lower(), score, f1(score), "f1")
        report.add_table(table, figures)
        _listed(report, "harmless columns taken for", scores.false_alarms)
        _listed(report, "columns left out", scores.left_out)
        report.add("columns_s", len(columns) / seconds, "columns/s")
        if not self.headers:
            report.note("the names of columns and tables were hidden")
        if self.peer is None:
            return
        theirs = score_columns(columns, self.peer.verdicts(columns, PEER_VALUES), label_map)
        report.add("peer_macro_f1", theirs.macro_f1)
        report.add("peer_sensitive_recall", theirs.sensitive.recall)
        report.add("peer_sensitive_precision", theirs.sensitive.precision)
        _ratio(report, "macro_f1_ratio", scores.macro_f1, theirs.macro_f1)

    def _secrets(self, report: Report) -> None:
        texts = self.data.secrets
        given = self.given_map
        label_map = given if given is not None and "secret" in given.patterns else SECRETS
        written = [text.text for text in texts]
        found, seconds = _timed(written)
        scores = score_secrets(texts, [[f.entity for f in one] for one in found], label_map)
        report.add("secret_recall", scores.recall)
        report.add("secret_negative_hits", scores.negative_share)
        report.add("secret_precision", scores.precision)
        report.add("text_mb_s", sum(len(text.encode()) for text in written) / 1e6 / seconds, "MB/s")
        report.note(f"{scores.positives} texts with a secret, {scores.negatives} without")
        _listed(report, "false hits", scores.by_entity)
        if self.peer is not None:
            report.note("Presidio has no recognisers of secrets")


def _timed(texts: Sequence[str]) -> tuple[list[list[Finding]], float]:
    """Return what is found in texts, and the median processor time of a few rounds."""
    found = builtin_scanner().scan(texts)
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        builtin_scanner().scan(texts)
        times.append(time.process_time() - started)
    return found, statistics.median(times)


def judge_columns(columns: Sequence[LabelledColumn], *, headers: bool) -> list[str | None]:
    """Return scrim's verdict on each column.

    Args:
        columns: The columns; those of one table are siblings.
        headers: Whether their names may be used.
    """
    scanner = builtin_scanner()
    judge = ColumnJudge(scanner.catalogue)
    siblings = siblings_by_table(columns) if headers else {}
    verdicts = []
    for number, one in enumerate(columns, start=1):
        column = Column("", one.table if headers else "", one.column if headers else f"c{number}")
        others = tuple(name for name in siblings.get(one.table, ()) if name != one.column)
        values = list(dict.fromkeys(one.values))[:MAX_VALUES]
        name = judge.by_name(column, "text", others)
        findings = scanner.scan(values, None if name is None else name.entity)
        verdicts.append(judge.verdict(column, "text", values, findings, others).entity)
    return verdicts


def _report_spans(report: Report, scores: SpanScores, prefix: str, labels: set[str]) -> None:
    title = {"": "by span and type, overlap", "exact_": "same boundaries", "peer_": "the peer"}
    table = _score_table(title[prefix], "F2")
    figures: dict[str, float] = {}
    overall = scores.overall()
    _show(table, "all", overall, overall.f2)
    figures |= _figures(f"{prefix}all", overall, overall.f2, "f2")
    for label, score in scores.by_label.items():
        if label not in labels and not score.predicted:
            continue
        _show(table, label, score, score.f2)
        for name in dict.fromkeys((SHORT_NAMES.get(label, label.lower()), label.lower())):
            figures |= _figures(f"{prefix}{name}", score, score.f2, "f2")
    report.add_table(table, figures)


def _score_table(title: str, kind: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("label")
    for heading in ("labelled", "found", "predicted", "right", "precision", "recall", kind):
        table.add_column(heading, justify="right")
    return table


def _show(table: Table, label: str, score: Score, f_score: float) -> None:
    counts = (score.labelled, score.found, score.predicted, score.right)
    shares = (score.precision, score.recall, f_score)
    table.add_row(label, *map(str, counts), *(f"{share:.3f}" for share in shares))


def _figures(name: str, score: Score, f_score: float, kind: str) -> dict[str, float]:
    name = name.replace(" ", "_")
    shares = (("precision", score.precision), ("recall", score.recall), (kind, f_score))
    return {f"{name}_{what}": value for what, value in shares}


def _ratio(report: Report, name: str, ours: float, theirs: float) -> None:
    if theirs > 0:
        report.add(name, ours / theirs)
    else:
        report.note(f"{name}: the peer scored nothing")


def _listed(report: Report, what: str, counts: Counter[str]) -> None:
    if counts:
        listed = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        report.note(f"{what}: {listed}")
