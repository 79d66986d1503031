"""Which cases: counts per value, pages of rows and the export against the same worked out plainly in Python."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clock import DAY_MS
from dashboard.eventstate import EventState
from dashboard.filters import Filter
from dashboard.indicators import Indicators
from dashboard.questions import KINDS, Scope, below, export, facets, page, size
from dashboard.windows import Window
from tests.dashboard.test_cases import followed
from tests.dashboard.test_charts import WINDOW
from tests.dashboard.test_indicators import BOOK, CITY, a_city
from tests.support import DISTRICTS, GRIDS, T0, small_regions

CHOICES = st.builds(
    Filter, region=st.sampled_from(["", *DISTRICTS, GRIDS[2]]),
    category=st.sampled_from([(), ("c1",), ("c1.x",), ("c0", "c1.x")]),
    severity=st.sampled_from([(), (4,)]), step=st.sampled_from([(), ("reported", "assigned")]),
)  # fmt: skip


def holds(chosen: Filter, event: EventState, *without: str) -> bool:
    """The choice, said a second time."""
    kinds = {kind: values for kind, values in chosen.kinds().items() if kind not in (*without, "region")}
    return event.region.startswith(chosen.region) and all(
        {getattr(event, kind), str(getattr(event, kind)).split(".")[0]} & {*values} for kind, values in kinds.items()
    )


@settings(max_examples=15, deadline=None)
@given(CITY, CHOICES)
def test_every_value_is_counted_given_what_is_chosen_of_the_others(
    cases: list[tuple[int, int, int]], chosen: Filter
) -> None:
    picture = a_city(cases)
    events, scope = list(picture.events), Scope(WINDOW, "reported", chosen)
    found = Indicators(followed(picture), BOOK)
    told = facets(found, scope, 6)
    assert (told.hit, told.n) == (sum(holds(chosen, event) for event in events), len(events))
    assert size(found, scope) == told.hit
    for kind in KINDS:
        kept = [event for event in events if holds(chosen, event, kind)]
        assert told.counts[kind] == Counter(
            str(int(e.severity)) if kind == "severity" else getattr(e, kind) for e in kept
        )
    kept = [event for event in events if holds(chosen, event)]
    assert told.counts["region"] == Counter(event.region[:6] for event in kept)


def test_pages_are_the_whole_in_order_each_row_once() -> None:
    picture = a_city([(n % 4, (n * 7) % 20, n % 6) for n in range(37)])
    found, scope = Indicators(followed(picture), BOOK), Scope(WINDOW, "reported")
    for order, key in (
        ((), lambda row: -row["reported"]),
        ((("title", False),), lambda row: row["title"]),
        ((("due", True),), lambda row: (row["due"] is None, -(row["due"] or 0))),
        ((("severity", False),), lambda row: row["severity"]),
    ):  # fmt: skip
        rows = [row for first in range(0, 50, 10) for row in page(found, scope, first, 10, order)]
        assert sorted(row["id"] for row in rows) == sorted(event.id for event in picture.events)
        assert [key(row) for row in rows] == sorted(key(row) for row in rows)
    [first] = [row for row in page(found, scope, 0, 50) if row["id"] == "e0"]
    assert (first["closed"], first["score"], first["reported"]) == (None, None, T0)


def test_only_known_columns_are_sorted_by() -> None:
    found = Indicators(followed(a_city([])), BOOK)
    with pytest.raises(KeyError):
        page(found, Scope(WINDOW, "reported"), 0, 10, (("key; DROP TABLE h.past", False),))


def test_the_export_is_in_words() -> None:
    picture = a_city([(2, 3, 5)])
    found = Indicators(followed(picture), BOOK)
    query, values = export(found, Scope(WINDOW, "reported"), small_regions(), {"category": {"c2": "占道'经营"}})
    [row] = [
        dict(zip(c, r, strict=True)) for c in [found.cases.ask(query, values)] for r in zip(*c.values(), strict=True)
    ]
    assert row["category"] == "占道'经营"
    assert row["reported"].startswith("20")
    assert row["place"] == small_regions().place(GRIDS[2])
    assert row["channel"] == "h5"


def test_what_is_below_a_region() -> None:
    regions = small_regions()
    assert below(regions, "") == 6
    assert below(regions, GRIDS[0]) == 0


def test_the_newest_page_is_the_same_however_far_back_it_reaches() -> None:
    picture = a_city([(n % 4, -n * 700, 0) for n in range(40)])  # some twelve hours apart: three weeks of them
    found, scope = Indicators(followed(picture), BOOK), Scope(Window(T0 - 30 * DAY_MS, T0 + 1), "reported")
    newest = sorted((event.reported_ms, event.id) for event in picture.events)[::-1]
    for first, size_ in ((0, 2), (1, 10), (20, 10), (30, 20)):
        assert [row["id"] for row in page(found, scope, first, size_)] == [i for _, i in newest[first : first + size_]]
