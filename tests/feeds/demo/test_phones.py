from __future__ import annotations

import numpy as np

from dashboard.clock import HOUR_MS, from_rfc3339
from feeds.demo.phones import charge

PHONES = np.random.default_rng(1).random(13_080)
MORNING = from_rfc3339("2026-03-12T08:00:00+08:00")


def test_phones_drain_over_the_day() -> None:
    means = [charge(MORNING + h * HOUR_MS, PHONES).mean() for h in range(0, 12, 2)]
    assert means == sorted(means, reverse=True)
    assert means[0] > 90


def test_a_few_are_low_at_any_hour_of_work() -> None:
    for hour in range(2, 12):
        low = (charge(MORNING + hour * HOUR_MS, PHONES) <= 20).mean()
        assert 0 < low < 0.12


def test_a_charge_is_a_percentage_and_moves_slowly() -> None:
    now, later = charge(MORNING, PHONES), charge(MORNING + 60_000, PHONES)
    assert (now.min() >= 1, now.max() <= 100) == (True, True)
    assert np.abs(now - later).max() <= 1
