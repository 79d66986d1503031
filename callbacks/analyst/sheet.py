"""Makes an Excel sheet of a Parquet file: `python sheet.py SOURCE TARGET`, a program of its own, at low priority.

It prints how many rows there were and how many it wrote, for a sheet has no room for more than MOST_ROWS beside its
head. Text is written as text: nothing in it is taken for a formula or an address. The book is XlsxWriter's; only its
rows are not, for cell by cell in Python a million of them take minutes: the database writes each as XML.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

import duckdb
import xlsxwriter
from xlsxwriter.utility import xl_range

MOST_ROWS: Final = 1_048_575
_AT_ONCE: Final = 10_000
_LONGEST: Final = 32_767
"""So many characters fit into a cell."""
_ODD: Final = r"[&<>\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_"
"""What XML or Excel would read as something else: escaped, or, where XML has no way to write it, left out."""
_ESCAPED: Final = (
    "replace(replace(replace(regexp_replace({0}, '[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x{{FFFE}}\\x{{FFFF}}]', '', 'g'),"
    " '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
)
_TEXT: Final = "'<t xml:space=\"preserve\">' || {0} || '</t>'"
_RUNS: Final = f"'<r>' || replace({_TEXT}, '_x', '_</t></r><r><t xml:space=\"preserve\">x') || '</r>'"
"""In two pieces `_x0041_` is a code to nobody. Excel reads `_x005F_x0041_` well, too; openpyxl, and whatever reads by
it, knows no codes in cells."""


def write(source: Path, target: Path) -> tuple[int, int]:
    """Write the sheet; returns how many rows there are, and how many of them are in it."""
    with duckdb.connect(config={"threads": 1}) as database:
        table = database.read_parquet(str(source))
        [(total,)] = table.count("*").fetchall()
        written = min(int(total), MOST_ROWS)
        kinds = zip(table.columns, map(str, table.types), strict=True)
        cells = " || ".join(_cell(f'"{name}"', kind) for name, kind in kinds)
        query = f"SELECT '<row>' || {cells} || '</row>' FROM read_parquet($1) LIMIT {MOST_ROWS}"
        rows = database.execute(query, [str(source)])
        size = f'<dimension ref="{xl_range(0, 0, written, len(table.columns) - 1)}"/>'.encode()
        with ZipFile(_empty(table.columns)) as empty, ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as book:
            for part in empty.namelist():
                with book.open(part, "w", force_zip64=True) as file:
                    head, end, tail = empty.read(part).partition(b"</sheetData>")
                    file.write(re.sub(rb"<dimension[^>]*/>", size, head))
                    while end and (some := rows.fetchmany(_AT_ONCE)):
                        file.write("".join(row for (row,) in some).encode())
                    file.write(end + tail)
    return int(total), written


def _empty(names: Sequence[str]) -> BytesIO:
    """A book with nothing but the head of its sheet."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.freeze_panes(1, 0)
        page.write_row(0, 0, names, book.add_format({"bold": True}))
    return made


def _cell(name: str, kind: str) -> str:
    """The SQL of a column's cells; where nothing is, an empty one, for cells are told apart by their order alone."""
    if kind == "BOOLEAN":
        text, there = f"'<c t=\"b\"><v>' || {name}::INTEGER || '</v></c>'", "true"
    elif kind in ("FLOAT", "DOUBLE"):
        text, there = f"'<c><v>' || {name} || '</v></c>'", f"isfinite({name})"
    elif kind.endswith(("INT", "INTEGER")) or kind.startswith("DECIMAL"):
        text, there = f"'<c><v>' || {name} || '</v></c>'", "true"
    else:
        said = f"left({name}::VARCHAR, {_LONGEST})"
        clean = _ESCAPED.format(said)
        other = f"CASE WHEN contains({clean}, '_x') THEN {_RUNS.format(clean)} ELSE {_TEXT.format(clean)} END"
        found = f"CASE WHEN regexp_matches({said}, '{_ODD}') THEN {other} ELSE {_TEXT.format(said)} END"
        text = f"'<c t=\"inlineStr\"><is>' || {found} || '</is></c>'"
        there = f"{name}::VARCHAR <> ''"
    return f"CASE WHEN {there} AND {name} IS NOT NULL THEN {text} ELSE '<c/>' END"


if __name__ == "__main__":
    os.nice(10)
    print(*write(Path(sys.argv[1]), Path(sys.argv[2])))
