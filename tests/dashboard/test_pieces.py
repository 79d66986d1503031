"""Which files of an archive count."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from dashboard.pieces import (
    SHARES,
    Id,
    Piece,
    by_day,
    day_dir,
    days,
    following,
    id_of,
    listed,
    live,
    name_of,
    text_of,
)

DAY = "2026-03-12"


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(sorted), max_size=12, unique_by=tuple))
def test_every_entry_is_in_a_file_that_counts_and_none_lies_in_another(spans: list[list[int]]) -> None:
    found = [Piece({"": Path()}, DAY, (a, 0), (b, 0)) for a, b in spans]
    kept = live(found)
    assert all(any(k.first <= p.first and p.last <= k.last for k in kept) for p in found)
    assert all(a.first < b.first and a.last < b.last for a, b in pairwise(kept))


def test_entry_ids() -> None:
    ids: list[Id] = [id_of(text) for text in ("9-0", "10-2", "10-10", "11")]
    assert ids == sorted(ids) == [(9, 0), (10, 2), (10, 10), (11, 0)]
    assert text_of((10, 2)) == "10-2"


def test_names_are_read_back_and_what_is_none_is_passed_over(tmp_path: Path) -> None:
    names = [name_of((9, 1), (12, 0)), *(name_of((2, 0), (8, 3), share) for share in SHARES), "9-1-x.parquet", "a.tmp"]
    for name in names:
        (tmp_path / name).touch()
    found = {(piece.first, piece.last): len(piece.files()) for piece in listed(tmp_path)}
    assert found == {((9, 1), (12, 0)): 1, ((2, 0), (8, 3)): 16}
    assert listed(tmp_path / "nothing") == []


def test_days_in_order_and_what_is_none_is_passed_over(tmp_path: Path) -> None:
    assert days(tmp_path / "nothing") == {}
    for name in ("2026-03-12", "2026-03-02", "2025-12-31"):
        day_dir(tmp_path, name).mkdir()
    (tmp_path / "day=soon").touch()
    (day_dir(tmp_path, DAY) / name_of((9, 1), (12, 0))).touch()
    assert list(days(tmp_path)) == ["2025-12-31", "2026-03-02", "2026-03-12"]
    found = by_day(tmp_path, "2026-03-02")
    assert [(day, [piece.last for piece in pieces]) for day, pieces in found.items()] == [
        ("2026-03-02", []), (DAY, [(12, 0)]),
    ]  # fmt: skip
    assert found[DAY][0].day == DAY


def test_what_can_come_next() -> None:
    assert following((9, 1)) == (9, 2)
