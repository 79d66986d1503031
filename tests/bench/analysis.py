"""Five million events under the analysts' questions: each chart of the workbench, warm and as first asked, beside plain
pandas over the same cases; how long the table takes to fill after a start, and what it costs in memory.

The events are drawn by the database itself, straight into files as the archive has them: four years and a half at a
city's 3,130 a day, closed within minutes to days, a third of them rated.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import duckdb
import pandas as pd

from dashboard import charts, clock, daycharts, questions
from dashboard.cases import RELATION, Cases
from dashboard.cities import load_city
from dashboard.cold import Cold
from dashboard.coldrows import folder_of
from dashboard.filters import Filter
from dashboard.indicators import Indicators
from dashboard.kpibook import load_book
from dashboard.kpicount import Split
from dashboard.picture import Picture
from dashboard.pieces import name_of
from dashboard.questions import Scope
from dashboard.windows import Window, window
from feeds.coldwriter import GROUP
from tests.bench import scene
from tests.bench.measure import Line, Stolen, taken
from tests.bench.million import resident_mb

EVENTS, FILES, A_DAY = 5_000_000, 54, 3_130
WARM_MS, COLD_MS, FILL_S, TIMES = 300.0, 1000.0, 60.0, 15
CITY = load_city("changzhou")
_DRAWN = """
SELECT k AS key, k AS digest, $as_of::BIGINT AS as_of, 31.2 + h % 8000 / 1e4 AS lat, 119.2 + h // 7 % 9000 / 1e4 AS lon,
  'SJ' || n AS id, h % 997 || '号院' || ['井盖缺失', '楼道堆物', '夜间施工噪音', '路灯不亮'][h % 4 + 1] AS title,
  '工人新村' || h % 300 || '幢' AS address, 'W' || h % 13080 AS worker_id, 'evaluated' AS step,
  r AS reported, r + 60000 + h % 300000 AS accepted, r + 400000 + h % 200000 AS assigned, r + 900000 AS handling,
  r + 1800000 + h % 900000 AS feedback, r + 2400000 + h % 997 * h % 200000 AS closed, closed AS "left",
  r + [3600000, 28800000, 172800000][h % 3 + 1] AS due, due AS first_due,
  CASE WHEN h % 3 = 0 THEN closed + 3600000 END AS rated, CASE WHEN h % 3 = 0 THEN 5 - h // 3 % 11 // 9 END AS score,
  [1, 1, 1, 2, 2, 3, 4][h % 7 + 1] AS severity, h % 31 // 30 AS returned, h % 101 // 100 AS extended, 0 AS urged,
  h % 300 // 299 AS reopened, 0 AS held_ms, NULL::BIGINT AS whistle_due, NULL::BIGINT AS whistle_in, false AS open,
  false AS paused, false AS merged, false AS cancelled, $regions[h // 11 % len($regions) + 1] AS region,
  $categories[h // 13 % 9 + 1] AS category, $departments[h // 17 % 40 + 1] AS department,
  $channels[h // 19 % 5 + 1] AS channel, 'suzhou' AS process, ''::BLOB AS state
FROM (SELECT n, hash(n) AS k, (hash(n) % 1000000007)::BIGINT AS h, ($first + n * $every)::BIGINT AS r
  FROM range($low::BIGINT, $high::BIGINT) t(n))
"""


class Held:
    """A picture that nobody changes."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def look(self, read: Callable[[Picture], Any]) -> Any:
        """What `read` finds."""
        return read(self._picture)


def archive(folder: Path) -> int:
    """Write the events; returns bytes."""
    every = clock.DAY_MS // A_DAY
    drawn = {
        "first": scene.NOW_MS - EVENTS * every, "every": every, "regions": [r.code for r in CITY.regions.order],
        "categories": [one.key for one in CITY.categories], "departments": [one.key for one in CITY.departments][:40],
        "channels": list(CITY.channels),
    }  # fmt: skip
    folder_of(folder).mkdir(parents=True)
    with duckdb.connect(config={"threads": 2}) as here:
        for k in range(FILES):
            upto = (scene.NOW_MS - FILES + k, 0)
            some = {"low": EVENTS * k // FILES, "high": EVENTS * (k + 1) // FILES, "as_of": upto[0] * 1_000_000}
            path = folder_of(folder) / name_of(upto, upto)
            form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP}"
            here.execute(f"COPY (FROM ({_DRAWN}) ORDER BY key) TO '{path}' ({form})", drawn | some)
    return sum(path.stat().st_size for path in folder_of(folder).iterdir())


def filled(folder: Path) -> Indicators:
    """The table of all of them, as after a start."""
    picture = Picture(CITY.regions.locate, CITY.regions.node, CITY.procedure, cold=Cold(folder))
    picture.events.read_to = (scene.NOW_MS, 0)
    picture.events.cold.begin(picture.events.read_to)
    cases = Cases(Held(picture))
    cases.fill()
    return Indicators(cases, load_book())


def asked(found: Indicators, key: str, chosen: Filter = Filter()) -> dict[str, Callable[[], object]]:  # noqa: B008 - it never changes
    """Every chart of the workbench over one window."""
    span = window(key, scene.NOW_MS) if key != "365d" else Window(scene.NOW_MS - 365 * clock.DAY_MS, scene.NOW_MS)
    scope = Scope(window=span, chosen=chosen, code="ontime_rate")
    closing, calendar = scope._replace(code="time_to_close"), CITY.procedure.clock
    return {
        "size": lambda: questions.size(found, scope),
        "repeats": lambda: daycharts.repeats(found, scope),
        "facets": lambda: questions.facets(found, scope, 6),
        "rows": lambda: questions.page(found, scope, 0, 100),
        "trend": lambda: daycharts.trend(found, scope, daycharts.grain_of(scope.window), "before"),
        "ranking": lambda: charts.ranking(found, scope, Split("department")),
        "map": lambda: charts.ranking(found, scope, Split("region", 6)),
        "hours": lambda: charts.hours(found, scope),
        "step times": lambda: charts.step_times(found, scope),
        "funnel": lambda: charts.funnel(found, scope),
        "times": lambda: charts.times(found, closing),
        "scores": lambda: charts.scores(found, scope._replace(code="satisfaction"), Split("channel")),
        "makeup": lambda: charts.makeup(found, scope),
        "control": lambda: daycharts.signals(found, scope, calendar),
        "forecast": lambda: daycharts.coming(found, scope._replace(code="reported"), calendar),
    }  # fmt: skip


def beside_pandas(found: Indicators) -> Iterator[Line]:
    """Six of the charts over a year: the same question put to a frame of all cases, its words as categories."""
    words = ("department", "category", "channel")
    query = f"SELECT {', '.join(words)}, reported, closed, due, coalesce(rated, 0) AS rated, score FROM {RELATION}"
    frame = pd.DataFrame(found.cases.ask(query, {})).astype(dict.fromkeys(words, "category"))
    ours = asked(found, "365d")
    for what, ask in in_pandas(frame, Window(scene.NOW_MS - 365 * clock.DAY_MS, scene.NOW_MS)).items():
        mine, theirs = median(taken(ours[what], 5)), median(taken(ask, 3))
        yield Line(f"{what}, 365d (baseline: pandas)", mine, theirs, "ms")


def in_pandas(frame: pd.DataFrame, year: Window) -> dict[str, Callable[[], object]]:
    """Charts as somebody with a frame would count them."""

    def within(instant: pd.Series) -> pd.DataFrame:
        return frame[(instant > year.start) & (instant <= year.end)]

    def judged() -> pd.DataFrame:
        mine = within(frame[["closed", "due"]].min(axis=1))
        return mine.assign(held=mine.closed <= mine.due, day=mine.closed // clock.DAY_MS)

    def by(*names: str) -> object:
        return judged().groupby([*names], observed=True).held.agg(["sum", "size"])

    def hours() -> object:
        local = within(frame.reported).reported + 8 * clock.HOUR_MS
        return local.groupby([local // clock.DAY_MS % 7, local // clock.HOUR_MS % 24]).size()

    def times() -> object:
        mine = within(frame.closed)
        return (mine.closed - mine.reported).quantile([0.5, 0.9])

    def scores() -> object:
        return within(frame.rated).groupby(["channel", "score"], observed=True).size()

    return {
        "ranking": lambda: by("department"), "trend": lambda: by("day"), "hours": hours, "times": times,
        "scores": scores, "makeup": lambda: by("category", "department"),
    }  # fmt: skip


def run() -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        size = archive(Path(name))
        yield Line("on disk, per event (no target)", size / EVENTS, size / EVENTS, "bytes")
        stolen, before = Stolen(), resident_mb()
        held: list[Indicators] = []
        [took_ms] = taken(lambda: held.append(filled(Path(name))), 1)
        found = held[0]
        yield Line("the table is there after (baseline: aim)", took_ms / 1000, FILL_S, "s", 1.0)
        yield Line("memory of the table, 5 million (no target)", resident_mb() - before, before, "MB")
        yield from beside_pandas(found)
        for key in ("30d", "365d"):
            for what, ask in asked(found, key).items():
                [first] = taken(ask, 1)
                p95 = quantiles(taken(ask, TIMES), n=20)[-1]
                yield Line(f"{what}, {key}: as first asked (baseline: aim)", first, COLD_MS, "ms", 1.0)
                yield Line(f"{what}, {key}: p95 warm (baseline: aim)", p95, WARM_MS, "ms", 1.0)
        yield Line("stolen by the host (no target)", stolen.percent(), 100.0, "%")
