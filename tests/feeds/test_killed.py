"""The historian killed with -9 in the middle of its work: `make bench BENCH=keep` does it fifty times."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from tests.keeping import Keeping

KILLS = 6


@pytest.mark.timeout(180)  # seven starts of a process
def test_killed_six_times_it_has_every_record_once(log_url: str, broker: redis.Redis, tmp_path: Path) -> None:
    keeping = Keeping(log_url, tmp_path, seed=5)
    for _ in range(KILLS):
        keeping.kill()
    found = keeping.end()
    assert found.records > 1000
    assert (found.missing, found.doubled, found.changed, found.drafts) == (0, 0, 0, 0)
    assert found.on_log < found.records / 2
    assert found.same_state
