"""What a replica says of many events and alarms beside counting them: groups, lists, look-alikes, chances of a breach.

Each in processor time of this process against the limit it must keep; the scenes are those of the unit tests.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import product
from statistics import median, quantiles

from dashboard.floods import groups
from dashboard.outlook import Standing
from tests.bench.measure import Line
from tests.dashboard import test_alarmdesk, test_floods, test_outlook, test_similar
from tests.support import T0

GROUPED_MS, LISTED_MS, CHANCES_MS, ALIKE_MS = 20.0, 30.0, 20.0, 2.0


def spent(work: Callable[[], object], times: int) -> list[float]:
    """Processor times of `work`, milliseconds."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append((time.process_time() - began) * 1000)
    return found


def run() -> Iterator[Line]:
    """Ten thousand alarms, five thousand open events, twenty thousand titles."""
    alarms = [test_floods.alarm(n, f"k{n % 20}", f"9901{n % 61:03}") for n in range(10_000)]
    grouped = median(spent(lambda: groups(alarms, test_floods.place_of), 9))
    yield Line("10,000 alarms in groups (baseline: limit)", grouped, GROUPED_MS, "ms", 1)
    desk, seconds = test_alarmdesk.many().desk, iter(range(T0 + 10_000, T0 + 90_000, 1000))
    listed = median(spent(lambda: desk.sections(next(seconds)), 30))
    yield Line("10,000 alarms listed once a second (baseline: limit)", listed, LISTED_MS, "ms", 1)
    outlook, events = test_outlook.of_a_city(3, 5000)
    standing = Standing.of(events)
    chances = median(spent(lambda: outlook.breaches(standing, T0), 9))
    yield Line("chances of 5,000 open events (baseline: limit)", chances, CHANCES_MS, "ms", 1)
    yield Line("look-alikes among 20,000 events, p99 (baseline: limit)", _alike(), ALIKE_MS, "ms", 1)


def _alike() -> float:
    rng, scene = random.Random(7), test_similar
    told = [frame.format(*words) for frame, words in product(scene.FRAMES, product(scene.PLACES, scene.MATTERS))]
    events = [
        scene.event(
            f"e{k}", rng.choice(told), rng.gauss(0, 8000), rng.expovariate(1 / 72), lon=scene.LON + rng.gauss(0, 0.08)
        )
        for k in range(20_000)
    ]
    held, asked = scene.holding(*events), iter(rng.sample(events, 200))
    return quantiles(spent(lambda: held.of(next(asked), T0), 200), n=100)[98]
