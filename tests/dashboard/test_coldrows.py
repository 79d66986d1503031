"""The rows of the archive of events, before they are written."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from dashboard import coldrows, facts
from dashboard.events import Events
from dashboard.procedure import Procedure
from tests.dashboard.test_eventstate import state
from tests.support import small_regions


def test_ids_become_keys_and_positions_one_number_in_the_same_order() -> None:
    assert coldrows.key_of("e1") == coldrows.key_of("e1") != coldrows.key_of("e2")
    assert coldrows.as_of((1, 2)) < coldrows.as_of((1, 3)) < coldrows.as_of((2, 0))
    assert coldrows.import_of(Path("a"), "b") == Path("a/events/imports/b")


def test_a_row_has_the_facts_the_words_and_the_whole_event_with_its_hash() -> None:
    one = state(closed_ms=7)
    rows = coldrows.table([one], None, (0, 0), Procedure())
    events = Events(small_regions().locate, small_regions().node)
    events.restore(one)
    assert rows["digest"].tolist() == [events.digest_of("e")]
    assert rows["as_of"].tolist() == [0]
    assert msgspec.msgpack.decode(rows["state"][0], type=type(one)) == one
    for name, column in facts.table([one], Procedure()).items():
        np.testing.assert_array_equal(rows[name], column)
    assert coldrows.table([one], [9], (3, 1), Procedure())["digest"].tolist() == [9]
