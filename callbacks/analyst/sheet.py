"""Makes an Excel sheet of a Parquet file: `python sheet.py SOURCE TARGET`, a program of its own, at low priority.

It prints how many rows there were and how many it wrote, for a sheet has no room for more than MOST_ROWS beside its
head. Text is written as text: nothing in it is taken for a formula or an address.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import duckdb
import xlsxwriter

MOST_ROWS: Final = 1_048_575
_AT_ONCE: Final = 20_000


def write(source: Path, target: Path) -> tuple[int, int]:
    """Write the sheet; returns how many rows there are, and how many of them are in it."""
    with duckdb.connect() as database:
        database.execute("SET threads = 1")
        found = database.execute("SELECT * FROM read_parquet($1) LIMIT $2", [str(source), MOST_ROWS])
        names = [column[0] for column in found.description]
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        written = 0
        with xlsxwriter.Workbook(str(target), options) as book:
            page = book.add_worksheet()
            page.freeze_panes(1, 0)
            page.write_row(0, 0, names, book.add_format({"bold": True}))
            while rows := found.fetchmany(_AT_ONCE):
                for row in rows:
                    written += 1
                    page.write_row(written, 0, row)
        [(total,)] = database.execute("SELECT count(*) FROM read_parquet($1)", [str(source)]).fetchall()
    return int(total), written


if __name__ == "__main__":
    os.nice(10)
    print(*write(Path(sys.argv[1]), Path(sys.argv[2])))
