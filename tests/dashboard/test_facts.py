"""The facts of events as the fold leaves them, and as SQL reads them."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from dashboard.clock import to_rfc3339
from dashboard.facts import DIMENSIONS, FACTS, TYPES, relation, table
from dashboard.picture import Picture
from dashboard.procedure import Procedure
from dashboard.scan import Scan
from tests.support import GRIDS, MAIN_ROAD, T0, entry, reported, small_picture, step

MINUTE = 60_000
PROCEDURE = Procedure()


def told(*records: tuple[str, dict[str, Any]]) -> Picture:
    """A picture in which so many things happened, one a minute from `T0` on."""
    picture = small_picture()
    for n, (kind, data) in enumerate(records):
        picture.apply(entry(kind, data, n=n, time_ms=T0 + n * MINUTE))
    return picture


def facts(*records: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """The facts of `e1`; instants as the minute they were in, missing ones as None."""
    picture = told(*records)
    found = {name: column.tolist()[0] for name, column in table([picture.events["e1"]], PROCEDURE).items()}
    plain = {name: None if value != value else value for name, value in found.items()}
    return {n: round((v - T0) / MINUTE) if type(v) is float and v > T0 / 2 else v for n, v in plain.items()}


def steps(*names: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    """Steps of `e1`."""
    return [("event.step", step("e1", name, **more)) for name in names]


REPORTED = ("event.reported", reported("e1", channel="hotline", category="road"))
UNDONE = ("event.undone", {"event_id": "e1", "step": "evaluated", "by": ""})


def test_what_is_known_of_a_new_event() -> None:
    found = facts(REPORTED)
    assert found.keys() == FACTS.keys()
    missing = {name for name, value in found.items() if value is None}
    assert missing == {name for name, kind in TYPES.items() if kind == "number"} - {
        "reported", "severity", "returned", "extended", "urged", "reopened", "held_ms",
    }  # fmt: skip
    assert (found["reported"], found["severity"], found["open"], found["merged"]) == (0, 3, True, False)
    assert [found[name] for name in DIMENSIONS] == [GRIDS[0], "road", "", "hotline", "suzhou"]


def test_the_main_road() -> None:
    found = facts(REPORTED, *steps(*MAIN_ROAD), ("event.rated", {"event_id": "e1", "score": 4}))
    instants = ("accepted", "assigned", "handling", "feedback", "closed", "left", "rated")
    assert [found[name] for name in instants] == [1, 2, 3, 4, 5, 5, 6]
    assert (found["score"], found["open"]) == (4, False)
    assert found["due"] == found["first_due"] == 1 + 24 * 60, "a day for 重大, from acceptance"


def test_the_first_time_counts() -> None:
    back = steps("accepted", "assigned", "handling", "returned", "assigned", "supervised", "handling", note="转办")
    found = facts(REPORTED, *back)
    assert [found[name] for name in ("accepted", "assigned", "handling")] == [1, 2, 3]
    assert (found["returned"], found["urged"]) == (1, 1)


def test_what_was_taken_back_does_not_count() -> None:
    taken_back = ("event.undone", {"event_id": "e1", "step": "accepted", "by": ""})
    assert facts(REPORTED, *steps("accepted"), taken_back)["accepted"] is None
    assert facts(REPORTED, *steps("accepted"), taken_back, *steps("accepted", "assigned"))["accepted"] == 3


def test_reopened() -> None:
    once = [REPORTED, *steps(*MAIN_ROAD), UNDONE]
    found = facts(*once)
    assert (found["reopened"], found["closed"], found["left"], found["open"]) == (1, None, None, True)
    found = facts(*once, *steps("evaluated"), UNDONE, *steps("handling", "feedback", "evaluated"))
    assert (found["reopened"], found["closed"], found["feedback"]) == (2, 11, 4)


def test_extended_and_paused() -> None:
    later, road = to_rfc3339(T0 + 3000 * MINUTE), steps("accepted", "assigned")
    found = facts(REPORTED, *road, *steps("extended", due=later), *steps("paused"))
    assert (found["extended"], found["first_due"], found["due"]) == (1, 1441, 3000)
    assert (found["paused"], found["held_ms"]) == (True, 0)
    found = facts(REPORTED, *road, *steps("paused", "resumed"))
    assert (found["paused"], found["held_ms"], found["due"]) == (False, MINUTE, 1442)


def test_a_process_whose_clock_runs_on_is_not_held() -> None:
    picture = told(REPORTED, *steps("accepted", "assigned", "paused"))
    running = msgspec.structs.replace(PROCEDURE.processes["suzhou"], hold=False)
    both = [table([picture.events["e1"]], p)["paused"][0] for p in (PROCEDURE, Procedure({"suzhou": running}))]
    assert both == [True, False]


def test_merged_and_cancelled() -> None:
    other = ("event.reported", reported("e2"))
    merged = facts(REPORTED, other, *steps("merged", into="e2"))
    assert (merged["merged"], merged["cancelled"], merged["open"], merged["left"], merged["closed"]) == (
        True, False, False, 2, None,
    )  # fmt: skip
    cancelled = facts(REPORTED, *steps("cancelled"))
    assert (cancelled["merged"], cancelled["cancelled"], cancelled["left"]) == (False, True, 1)


def test_a_whistle_is_answered_when_the_last_has_reported_in() -> None:
    whistle = {"level": "major", "departments": ["fire", "water"], "report_within_h": 1}
    called = ("event.reported", reported("e1", whistle=whistle))
    ins = [("event.checkin", {"event_id": "e1", "department": name}) for name in ("fire", "water", "fire")]
    for n, answered in enumerate((None, None, 2, 2)):
        found = facts(called, *ins[:n])
        assert (found["whistle_due"], found["whistle_in"]) == (60, answered)
    more = ("event.whistle", {"event_id": "e1", "level": "urgent", "departments": ["gas"], "report_within_h": 2})
    found = facts(called, *ins[:2], more)
    assert (found["whistle_due"], found["whistle_in"]) == (123, None)


def test_an_event_without_a_record_of_its_steps() -> None:
    state = told(REPORTED, *steps(*MAIN_ROAD)).events["e1"]
    bare = msgspec.structs.replace(state, trail=[])
    found = table([state, bare], PROCEDURE)
    assert all(a == b or a != a for a, b in (column.tolist() for column in found.values()))


def test_sql_reads_what_columns_say() -> None:
    picture = told(REPORTED, ("event.reported", reported("e2")), *steps(*MAIN_ROAD[:-1]))
    for states in ([picture.events["e1"], picture.events["e2"]], []):
        columns = table(states, PROCEDURE)
        names = ", ".join(f'coalesce("{n}", -7) AS "{n}"' if k == "number" else f'"{n}"' for n, k in TYPES.items())
        with Scan().turn() as cursor:
            found = cursor.run(f"SELECT {names} FROM ({relation('t')})", {}, t=columns)
        assert found.keys() == columns.keys()
        for name, column in columns.items():
            expected = np.nan_to_num(column, nan=-7).tolist() if TYPES[name] == "number" else column.tolist()
            assert found[name].tolist() == expected
