"""`GET /api/analyst/rows.{csv,xlsx,parquet}` and `…/numbers.{…}?panel=…`: what the page shows, as files.

The rest of the query is the page's own. DuckDB writes each file whole into a folder of its own, off Python's threads;
it is streamed from there and thrown away. Cells of a CSV that a spreadsheet would take for formulas begin with an
apostrophe; a sheet holds at most MOST_ROWS rows, and what is more is left out, which its name says.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import flask

from callbacks.analyst.asking import Desk
from callbacks.analyst.panels import PANELS
from callbacks.asked import explained
from dashboard import clock
from dashboard.cases import Asked, Filling
from dashboard.codec import Malformed
from dashboard.questions import export
from dashboard.scan import Busy, TookTooLong

FORMS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
SHEET_S: Final = 600
TEXTS: Final = (
    "id", "title", "address", "worker_id", "place", "step", "region", "category", "department", "channel", "process",
)  # fmt: skip
"""The columns of the rows that hold what people wrote, or systems: a key nobody has named is shown as it came."""
_APOSTROPHE: Final = "''"
_PART: Final = 1 << 18
_BOM: Final = b"\xef\xbb\xbf"
_COPY: Final = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet, COMPRESSION zstd"}


def register(server: flask.Flask, desk: Desk) -> None:
    """Add the routes."""

    @server.get("/api/analyst/<what>.<form>")
    def analyst_file(what: str, form: str) -> flask.Response:
        if what not in ("rows", "numbers") or form not in FORMS:
            flask.abort(404)
        return explained(lambda: _file(desk, what, form))()


def _file(desk: Desk, what: str, form: str) -> flask.Response:
    asked = _asked()
    with ExitStack() as kept:
        folder = Path(tempfile.mkdtemp(prefix="wall-analyst-"))
        kept.callback(shutil.rmtree, folder, ignore_errors=True)
        path = folder / f"file.{form}"
        try:
            more = (_rows if what == "rows" else _numbers)(desk, asked, form, path)
        except Filling as state:
            raise Busy from state
        name = f"{what}_{clock.city_day(asked['at'])}{more}.{form}"
        answer = flask.Response(_streamed(path, form), mimetype=FORMS[form])
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        answer.call_on_close(kept.pop_all().close)  # even if nobody reads any of it
    return answer


def _asked() -> dict[str, Any]:
    """What a page would have asked."""
    at = flask.request.args.get("at", "")
    if at and not (at.isascii() and at.isdigit() and len(at) < 15):  # of more digits are years that no calendar has
        raise Malformed("at", at[:40], "is no instant in milliseconds")
    locale = "en" if flask.request.args.get("lang") == "en" else "zh"
    search = flask.request.query_string.decode("ascii", "replace")
    # A download is nobody's question but its own: neither calls off the other.
    return {"search": search, "at": int(at) if at else clock.now_ms(), "locale": locale, "page": f"file {id(search)}"}


def _rows(desk: Desk, asked: dict[str, Any], form: str, path: Path) -> str:
    """Write the rows; returns what the file's name says of them."""
    look, names = desk.look(asked)
    query, values = export(desk.found, look.scope(look.state.rows or look.state.kpi), look.regions, names.lists)
    kind = "parquet" if form == "xlsx" else form
    source = path.with_suffix(".source") if form == "xlsx" else path
    text = guarded(query, TEXTS) if form == "csv" else query

    def ask(put: Asked) -> object:
        return desk.found.cases.ask(f"COPY ({text}) TO '{source}' ({_COPY[kind]})", values, put)

    desk.put(asked, "rows", ask)
    return _as_sheet(source, path) if form == "xlsx" else ""


def _numbers(desk: Desk, asked: dict[str, Any], form: str, path: Path) -> str:
    """Write the numbers of one chart."""
    panel = flask.request.args.get("panel", "")
    if panel not in PANELS:
        raise Malformed("panel", panel[:40], f"must be one of {', '.join(PANELS)}")
    look, _ = desk.look(asked)
    found = desk.put(asked, panel, lambda put: PANELS[panel].ask(look, put))
    source = path.with_suffix(".source") if form == "xlsx" else path
    _write(found.columns, source, "csv" if form == "csv" else "parquet")
    return f"_{panel}" + (_as_sheet(source, path) if form == "xlsx" else "")


def _write(columns: dict[str, list[Any]], path: Path, kind: str) -> None:
    """Write what a chart is drawn of."""
    import duckdb

    lists = {f"c{n}": values for n, values in enumerate(columns.values())}
    listed = ", ".join(f'unnest(${key}) AS "{name}"' for key, name in zip(lists, columns, strict=True))
    texts = [name for name, values in columns.items() if any(isinstance(value, str) for value in values)]
    query = f"SELECT {listed}" if columns else "SELECT NULL AS nothing WHERE false"
    with duckdb.connect() as database:
        database.execute("CREATE TABLE found AS " + query, lists)
        text = guarded("FROM found", texts) if kind == "csv" else "FROM found"
        database.execute(f"COPY ({text}) TO '{path}' ({_COPY[kind]})")


def _as_sheet(source: Path, path: Path) -> str:
    """Make a sheet of a Parquet file, in a process of its own, for it keeps a core busy; says what had no room."""
    command = [sys.executable, str(Path(__file__).with_name("sheet.py")), str(source), str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SHEET_S, check=True, text=True)
    except subprocess.TimeoutExpired:
        raise TookTooLong from None
    total, written = map(int, done.stdout.split())
    return "" if written == total else f"_first-{written}-of-{total}"


def guarded(query: str, texts: Sequence[str]) -> str:
    """The same rows, what a spreadsheet would take for a formula in these columns with an apostrophe before it."""
    told = ", ".join(
        f"""CASE WHEN "{c}" ~ '^[=+@\\t\\r-]' THEN '{_APOSTROPHE}' || "{c}" ELSE "{c}" END AS "{c}\"""" for c in texts
    )
    return f"SELECT * REPLACE ({told}) FROM ({query})" if texts else query


def _streamed(path: Path, form: str) -> Iterator[bytes]:
    with path.open("rb") as file:
        if form == "csv":
            yield _BOM
        while part := file.read(_PART):
            yield part
