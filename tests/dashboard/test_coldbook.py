"""Which rows of the archive count, against the plainest way to say it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.coldbook import Book

ROWS = st.lists(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), max_size=6), max_size=5)


@given(ROWS, st.integers(0, 9))
def test_a_book_knows_the_newest_of_each_and_what_is_stale(parts: list[list[tuple[int, int]]], upto: int) -> None:
    book, rows = Book(), sorted({row for part in parts for row in part})
    for n, part in enumerate(parts, 1):
        keys, positions = np.array([k for k, _ in part], np.uint64), np.array([p for _, p in part], np.int64)
        book = book.with_more(keys, positions, (n, 0))
    assert book.keys.tolist() == sorted({key for key, _ in rows})
    assert {key: book.as_of(key) for key in range(7)} == {
        key: max((p for k, p in rows if k == key), default=None) for key in range(7)
    }
    known = book.stale.by <= upto
    gone = set(zip(book.stale.keys[known].tolist(), book.stale.as_of[known].tolist(), strict=True))
    counted = [(k, p) for k, p in rows if p <= upto and (k, p) not in gone]
    assert counted == sorted((k, max(p for j, p in rows if j == k and p <= upto)) for k in {k for k, _ in counted})
    assert {k for k, p in rows if p <= upto} == {k for k, _ in counted}
    assert book.seen == (len(parts), 0)
