"""The workbench's address: whatever is looked at comes back from it, and what it says wrongly is as if unsaid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.clock import DAY_MS, city_midnight
from dashboard.filters import Filter
from dashboard.kpibook import load_book
from layouts.analyst.state import BY, TABS, State, read
from tests.support import T0

BOOK = load_book()
TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12), max_size=3)
STATES = st.builds(
    State, when=st.sampled_from(["7d", "year", "2026-01-01..2026-02-03"]),
    span=st.sampled_from(["", "2026-01-03..2026-01-03"]),
    kpi=st.sampled_from(list(BOOK.measures)), against=st.sampled_from(["", "before", "year"]), by=st.sampled_from(BY),
    grain=st.sampled_from([None, "week"]), tab=st.sampled_from(TABS), rows=st.sampled_from(["", "reported"]),
    sort=st.sampled_from(["", "-due"]),
    chosen=st.builds(
        Filter, region=st.sampled_from(["", "320412"]), place=TEXTS.map(lambda texts: tuple(sorted(set(texts)))),
        hour=st.sampled_from([(), (3, 14)]), category=TEXTS.map(lambda texts: tuple(sorted(set(texts)))),
    ),
)  # fmt: skip


@given(STATES)
def test_a_state_comes_back_from_its_address(state: State) -> None:
    assert read(state.query(), BOOK) == state
    assert read("?" + state.query(), BOOK) == state


@given(st.text(max_size=80))
def test_no_address_is_wrong(query: str) -> None:
    read(query, BOOK)


def test_what_an_address_says_wrongly_is_as_if_unsaid() -> None:
    wrong = (
        "?when=2026-02-30..2026-03-01&span=x&kpi=on_duty&by=1&tab=%00&hour=x&hour=%C2%B2&region=1;2&sort=key&lang=en"
    )
    assert read(wrong, BOOK) == State()
    assert read("?when=2020-01-01..2026-01-01", BOOK) == State(), "too long"
    for far in ("0001-01-01..0001-01-02", "9999-12-30..9999-12-31", "20260301..20260302", "2026-W01-1..2026-W01-2"):
        assert read(f"?when={far}&span={far}", BOOK) == State(), "no calendar has a day before, or no page can show it"
    assert read(None, BOOK) == State()


def test_choosing_the_same_again_lets_it_go() -> None:
    once = State(chosen=State().toggled("hour", 3, 4))
    assert once.chosen.hour == (3, 4)
    assert once.toggled("hour", 4).hour == (3,)
    assert once.toggled("hour", 4, 5).hour == (3, 4, 5)
    assert once.toggled("hour", 3, 4).hour == ()


@pytest.mark.parametrize(
    ("chosen", "clicked", "left"),
    [
        ((), ("a",), ("a",)),
        (("a",), ("a.x",), ("a.x",)),
        (("a.x",), ("a.y",), ("a.x", "a.y")),
        (("a.x", "a.y"), ("a.y",), ("a.x",)),
        (("a.x",), ("a.x",), ("a",)),
        (("a",), ("a",), ()),
        (("a.x", "a.y", "b"), ("a",), ("a", "b")),
        (("a.x", "b"), ("a.x",), ("a", "b")),
        ((), ("a.x", "b.y"), ("a.x", "b.y")),
    ],
)
def test_the_way_down_the_categories_and_up_again(
    chosen: tuple[str, ...], clicked: tuple[str, ...], left: tuple[str, ...]
) -> None:
    assert State(chosen=Filter(category=chosen)).toggled("category", *clicked).category == left


def test_a_span_narrows_the_window_and_neither_ends_after_now() -> None:
    now = city_midnight(T0) + DAY_MS // 2
    day = "2026-03-12"
    state = State(when="7d", span=f"{day}..{day}")
    assert state.inner(now).end <= now
    assert state.outer(now).start < state.inner(now).start
    assert (
        State(when="2026-03-01..2026-03-02").outer(now).end - State(when="2026-03-01..2026-03-02").outer(now).start
        == 2 * DAY_MS
    )
