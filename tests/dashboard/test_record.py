"""Records and raw entries."""

from __future__ import annotations

from dashboard.record import Entry


def test_an_entry_knows_when_the_log_took_it() -> None:
    assert Entry("wall:events", "1795305034239-7", {}).appended_ms == 1_795_305_034_239
