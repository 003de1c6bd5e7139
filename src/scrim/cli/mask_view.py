"""How `scrim mask` shows what became of the columns: plain lines or JSON. Never a value."""

import json
from collections.abc import Iterator, Sequence

from scrim.cli.failures import printable
from scrim.domain.decision import Treatment
from scrim.masking.arrow.masker import ColumnReport

_WORDS = {Treatment.MASK: "masked", Treatment.SCAN: "searched", Treatment.PASS: "kept"}


def lines(reports: Sequence[ColumnReport]) -> Iterator[str]:
    """Yield a line for each column, with tabs between its fields, and a sentence.

    Args:
        reports: What became of the columns.
    """
    for one in reports:
        counts = one.counts
        changed = counts.masked + counts.searched
        fields = [one.path, _WORDS[one.treatment], one.entity or "-", one.operator or "-"]
        fields.append(f"{changed:,} of {counts.values:,} values")
        if counts.nulled:
            fields.append(f"{counts.nulled:,} became NULL: {one.null_reason}")
        if one.late:
            fields.append(f"later rows look like {one.late}")
        yield printable("\t".join(fields)).replace("\\t", "\t")
    masked = sum(one.treatment is Treatment.MASK for one in reports)
    nulled = sum(one.counts.nulled for one in reports)
    yield f"{masked} of {len(reports)} columns were masked" + (
        f", {nulled:,} values became NULL" if nulled else ""
    )


def json_of(source: str, output: str, reports: Sequence[ColumnReport]) -> str:
    """Return the same as JSON.

    Args:
        source: The file that was masked.
        output: Where it went.
        reports: What became of the columns.
    """
    document = {
        "source": source,
        "output": output,
        "columns": [
            {
                "column": one.path,
                "type": one.type,
                "treatment": _WORDS[one.treatment],
                "entity": one.entity or None,
                "operator": one.operator or None,
                "reason": one.reason,
                "values": one.counts.values,
                "masked": one.counts.masked,
                "found": one.counts.searched,
                "nulled": one.counts.nulled,
                "null_reason": one.null_reason or None,
                "late": one.late or None,
            }
            for one in reports
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
