"""Position reports as batches."""

from __future__ import annotations

import pytest

from dashboard.codec import Malformed
from dashboard.fixbatch import FUTURE_MS, as_batch
from dashboard.model import WorkerFix, WorkerFixes

NOW = 1_800_000_000_000


def test_one_report_is_a_batch_of_one() -> None:
    found = as_batch(WorkerFix("w", 31.8, 119.9, NOW, battery=0.5), NOW)
    assert (found.worker_id, found.fix_time, found.battery) == (["w"], [NOW], [0.5])


def test_only_those_that_know_where_they_are_count() -> None:
    batch = WorkerFixes(["a", "b", "c"], [1, 2, 3], [1, 2, 3], [NOW] * 3, located=[True, False, True])
    found = as_batch(batch, NOW)
    assert (found.worker_id, found.lat, found.located, found.battery) == (["a", "c"], [1, 3], None, None)
    assert as_batch(WorkerFix("w", 1, 1, NOW, located=False), NOW).worker_id == []


@pytest.mark.parametrize("at", [NOW + FUTURE_MS + 1, -1])
def test_an_instant_that_cannot_be_is_refused(at: int) -> None:
    with pytest.raises(Malformed, match="fix_time"):
        as_batch(WorkerFixes(["a"], [1], [1], [at]), NOW)
