"""An import on real files: whole or not there, whatever was left behind."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from dashboard import coldrows
from dashboard.cold import Cold
from dashboard.procedure import Procedure
from feeds.coldimport import ColdImport
from tests.dashboard.test_eventstate import state

TOLD = [msgspec.structs.replace(state(), id=f"e{n}", reported_ms=100 + n) for n in range(5)]


def test_its_record_says_what_is_in_it(tmp_path: Path) -> None:
    written = ColdImport(tmp_path, "past", Procedure())
    parts = [written.write(1, [(TOLD[:2], None), ([], None), (TOLD[2:3], None)]), written.write(0, [(TOLD[3:], None)])]
    record = written.finish(parts)
    digest = sum(coldrows.digest_of(msgspec.msgpack.encode(one)) for one in TOLD) % 2**64
    assert (record.name, record.count, int(record.digest, 16)) == ("past", 5, digest)
    assert (record.start, record.end) == (100, 104)
    kept = Cold(tmp_path)
    assert len(kept.admit("past", (1, 0)).keys) == 5
    assert [kept.fetch(one.id, (1, 0)) for one in TOLD] == [
        (one, coldrows.digest_of(msgspec.msgpack.encode(one))) for one in TOLD
    ]


@pytest.mark.parametrize("finished", [False, True])
def test_who_was_killed_begins_anew(tmp_path: Path, finished: bool) -> None:
    killed = ColdImport(tmp_path, "past", Procedure())
    part = killed.write(0, [(TOLD, None)])
    if finished:
        killed.finish([part])
    again = ColdImport(tmp_path, "past", Procedure())
    again.begin()
    assert again.finish([again.write(1, [(TOLD[:2], None)])]).count == 2
    folder = coldrows.import_of(tmp_path, "past")
    assert [path.name for path in folder.parent.iterdir()] == ["past"]
    assert len(Cold(tmp_path).admit("past", (1, 0)).keys) == 2
