"""A small city with five weeks of cases behind it, for tests of briefs and assessments."""

from __future__ import annotations

from typing import Any

from dashboard import clock
from dashboard.clock import DAY_MS, HOUR_MS
from dashboard.indicators import Indicators
from dashboard.kpibook import load_book
from dashboard.picture import Picture
from tests.dashboard.test_cases import followed
from tests.support import GRIDS, MAIN_ROAD, entry, reported, small_picture, step

FIRST, DAY = "2026-02-02", "2026-03-11"
"""The first day there is anything of, and the one that briefs are about; a Monday and a Wednesday."""
START = clock.city_day_start(DAY)
PER_DAY, STORM = 6, 36
BOOK = load_book()


def tell(picture: Picture, event_id: str, at: int, steps: int, n: int, **more: object) -> None:
    """One case reported at `at`, with a limit of a day and so many steps half an hour apart."""
    where = {"region": GRIDS[n % 4], "category": f"c{n % 2}", "title": f"路面积水第{n}处", "severity": "normal"}
    records: list[tuple[str, Any]] = [("event.reported", reported(event_id, **(where | more)))]
    for name in MAIN_ROAD[:steps]:
        due = {"due": at + DAY_MS} if name == "assigned" else {}
        records.append(("event.step", step(event_id, name, department=f"d{n % 3}", worker_id=f"w{n % 5}", **due)))
    if steps == len(MAIN_ROAD):
        records.append(("event.rated", {"event_id": event_id, "score": 5 if n % 8 else 2}))
    for k, (kind, data) in enumerate(records):
        moment = at + k * HOUR_MS // 2
        picture.apply(entry(kind, data, at=moment, n=n * 10 + k, time_ms=moment, id=f"{event_id}-{k}"))


def a_month(storm: int = STORM) -> Picture:
    """Six cases a day from `FIRST` to `DAY`, most closed in time; on `DAY` a storm in one grid's category."""
    picture, n, midnight = small_picture(), 0, clock.city_day_start(FIRST)
    while midnight <= START:
        for k in range(PER_DAY):
            tell(picture, f"e{n}", midnight + (8 + k) * HOUR_MS, 5 if n % 10 else 3, n)
            n += 1
        midnight += DAY_MS
    for k in range(storm):
        tell(picture, f"s{k}", START + 10 * HOUR_MS + k * 60_000, 5, 4 * k, category="c0", region=GRIDS[0])
    return picture


def asking(picture: Picture) -> Indicators:
    """What counts it."""
    return Indicators(followed(picture), BOOK)
