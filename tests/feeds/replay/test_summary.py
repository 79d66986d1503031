"""What the person who started a replay is told."""

from __future__ import annotations

import io

from feeds.base import DeadLetter
from feeds.replay.summary import Progress, Summary


class Terminal(io.StringIO):
    """Text output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def letter(field: str) -> DeadLetter:
    return DeadLetter("s", "f:1", field, "", "is empty", b"")


def test_the_five_commonest_refusals_are_told() -> None:
    summary = Summary("tape")
    for n, field in enumerate("abcdef", start=1):
        summary.reject([letter(field)] * n)
    told = [line.split()[0] for line in summary.lines() if "is empty" in line]
    assert (summary.refused, summary.rows, told) == (21, 21, ["6", "5", "4", "3", "2"])


def test_a_refused_row_without_a_column_is_called_a_row() -> None:
    summary = Summary("tape")
    summary.reject([letter("")])
    assert "    1 × row: is empty" in summary.lines()


def test_progress_is_one_line_a_second_on_a_terminal() -> None:
    out = Terminal()
    progress = Progress(out)
    for now_ms in (5000, 5400, 6000):
        progress.show(Summary("tape", rows=1234), now_ms, 0)
    progress.done()
    line = "\rtape 1970-01-01T00:00:00Z 1,234 rows 0 records 0 rejected "
    assert out.getvalue() == line * 2 + "\n"


def test_progress_is_silent_elsewhere() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress.show(Summary("tape"), 5000, 0)
    progress.done()
    assert out.getvalue() == ""
