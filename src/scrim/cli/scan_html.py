"""The report of `scrim scan --html`: one page for people, with nothing loaded from elsewhere."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from scrim.cli.scan_view import LIKELY, SURE, table_name
from scrim.detection.inventory import ColumnReport, Inventory

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881;
  --sure: #b00020; --likely: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --sure: #ff8a80; --likely: #ffd180; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
dl.figures { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1rem 0 1.6rem; }
dl.figures div { background: var(--soft); border: 1px solid var(--line); border-radius: .5rem;
  padding: .6rem 1rem; display: flex; flex-direction: column-reverse; }
dl.figures dt { font-size: .85rem; }
dl.figures dd { font-size: 1.5rem; font-weight: 600; margin: 0; }
.wide { overflow-x: auto; } section table { width: 100%; } tbody th { font-weight: 600; }
table { border-collapse: collapse; } caption { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
thead th { font-weight: 400; font-size: .85rem; white-space: nowrap; opacity: .75; }
section tbody th, section td { max-width: 18rem; } td.evidence { min-width: 14rem; }
td.sureness { white-space: nowrap; } td.number { text-align: right; }
td.shapes { min-width: 12rem; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; background: var(--soft); padding: .05rem .25rem;
  border-radius: .2rem; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.sure { color: var(--sure); font-weight: 600; } .likely { color: var(--likely); font-weight: 600; }
.search { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin: 1rem 0; }
input[type=search] { font: inherit; padding: .4rem .6rem; width: 18rem; max-width: 100%;
  box-sizing: border-box; }
[hidden] { display: none; }
@media print { .search { display: none; } body { max-width: none; margin: 0; } }
"""
_SCRIPT = """
const box = document.getElementById("search"), all = document.getElementById("all");
const count = document.getElementById("count");
const rows = [...document.querySelectorAll("section tbody tr")];
function filter() {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.dataset.text || (row.dataset.text = (row.closest("section").dataset.name +
      " " + row.textContent).toLowerCase());
    row.hidden = (all && !all.checked && row.dataset.clean === "1") ||
      !words.every(word => text.includes(word));
    shown += !row.hidden;
  }
  for (const part of document.querySelectorAll("section[data-name]"))
    part.hidden = !part.querySelector("tbody tr:not([hidden])");
  count.textContent = shown + " of " + rows.length + " shown";
}
box.addEventListener("input", filter); all?.addEventListener("change", filter); filter();
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


def page(inventory: Inventory) -> str:
    """Return the report.

    Args:
        inventory: What was found; there is no raw value in it.
    """
    return "\n".join(_page(inventory))


def _page(inventory: Inventory) -> Iterator[str]:
    title = f"Sensitive data in {inventory.source}"
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>"
    )
    yield f"<h1>{escape(title)}</h1>"
    yield ("<p>No value is shown: letters stand as <code>x</code>, digits as <code>9</code>.</p>")
    yield from _figures(inventory)
    clean = len(inventory.columns) > len(inventory.sensitive)
    box = '<label><input type="checkbox" id="all"> show columns without findings</label>'
    yield (
        '<div class="search" role="search"><label for="search">Search</label>'
        '<input type="search" id="search" placeholder="table, column, entity, evidence">'
        f'{box if clean else ""}<span id="count" role="status" aria-live="polite"></span></div>'
    )
    for name, reports in groupby(inventory.columns, table_name):
        yield from _table(name, list(reports))
    if inventory.findings:
        yield from _findings(inventory)
    if inventory.notes:
        yield "<h2>Notes</h2>\n<ul>"
        yield from (f"<li>{escape(note)}</li>" for note in inventory.notes)
        yield "</ul>"
    yield f"</main>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"


def _figures(inventory: Inventory) -> Iterator[str]:
    figures = [("entities", len(inventory.by_entity()))]
    if inventory.columns:
        tables = {table_name(one) for one in inventory.columns}
        hit = {table_name(one) for one in inventory.sensitive}
        figures = [
            ("columns with findings", len(inventory.sensitive)),
            ("columns looked at", len(inventory.columns)),
            ("tables with findings", len(hit)),
            ("tables looked at", len(tables)),
            *figures,
        ]
    if inventory.counts:
        figures = [("values found", inventory.counts.total()), *figures]
    yield '<dl class="figures">'
    yield from (f"<div><dt>{name}</dt><dd>{value:,}</dd></div>" for name, value in figures)
    yield "</dl>"
    if inventory.by_entity():
        yield "<table><caption>By entity</caption><thead><tr>"
        yield '<th scope="col">entity</th><th scope="col">how many</th></tr></thead><tbody>'
        for name, count in inventory.by_entity().most_common():
            note = " (informational)" if name in inventory.informational else ""
            yield (
                f'<tr><th scope="row">{escape(name)}{note}</th>'
                f'<td class="number">{count:,}</td></tr>'
            )
        yield "</tbody></table>"


def _table(name: str, reports: list[ColumnReport]) -> Iterator[str]:
    yield f'<section data-name="{escape(name)}"><h2>{escape(name or "columns")}</h2>'
    yield '<div class="wide"><table><thead><tr>'
    for heading in ("column", "type", "entity", "sure", "evidence", "looks like"):
        yield f'<th scope="col">{heading}</th>'
    yield "</tr></thead><tbody>"
    for one in reports:
        clean = "1" if one.entity is None else "0"
        entity = escape(one.entity or "—") + (" (inside)" if one.inside else "")
        sure = _sure(one.confidence) if one.entity else ""
        shapes = " ".join(f"<code>{escape(shape)}</code>" for shape in one.shapes)
        yield (
            f'<tr data-clean="{clean}"><th scope="row">{escape(one.column.name)}</th>'
            f'<td>{escape(one.type)}</td><td>{entity}</td><td class="sureness">{sure}</td>'
            f'<td class="evidence">{escape("; ".join(one.evidence))}</td>'
            f'<td class="shapes">{shapes}</td></tr>'
        )
    yield "</tbody></table></div></section>"


def _findings(inventory: Inventory) -> Iterator[str]:
    source = escape(inventory.source)
    yield f'<section data-name="{source}"><h2>{source}</h2>'
    yield '<div class="wide"><table><thead><tr>'
    for heading in ("line", "column", "entity", "sure", "evidence", "looks like"):
        yield f'<th scope="col">{heading}</th>'
    yield "</tr></thead><tbody>"
    for one in inventory.findings:
        yield (
            f'<tr data-clean="0"><th scope="row">{one.line}</th><td>{one.column}</td>'
            f'<td>{escape(one.entity)}</td><td class="sureness">{_sure(one.confidence)}</td>'
            f"<td>{escape(one.evidence)}</td>"
            f'<td class="shapes"><code>{escape(one.shape)}</code></td></tr>'
        )
    yield "</tbody></table></div></section>"


def _sure(confidence: float) -> str:
    word = "sure" if confidence >= SURE else ("likely" if confidence >= LIKELY else "unsure")
    return f'<span class="{word}">{confidence:.2f}</span> {word}'
