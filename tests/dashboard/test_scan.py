"""Few questions at once, each within its limit; what cannot be read is said."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Event, Thread, get_native_id
from threading import enumerate as enumerate_threads
from time import sleep

import duckdb
import numpy as np
import pytest

from dashboard.scan import STANDS_BACK, Busy, CalledOff, Cursor, Scan, TookTooLong, Unreadable

ENDLESS = "SELECT count(DISTINCT hash(a.range * b.range)) AS n FROM range(1000000) a, range($n) b"


def test_columns_by_name_and_tables_of_the_asker() -> None:
    scan = Scan()
    table = {"worker": np.array(["a", "b"], object), "t": np.array([1, 2**40])}
    with scan.turn() as cursor:
        found = cursor.run("SELECT worker, t + $n AS t FROM mine ORDER BY t", {"n": 5}, mine=table)
    assert {name: column.tolist() for name, column in found.items()} == {"worker": ["a", "b"], "t": [6, 2**40 + 5]}


def test_an_empty_table_is_one_too() -> None:
    nothing = {"worker": np.zeros(0, object), "t": np.zeros(0, np.int64)}
    with Scan().turn() as cursor:
        found = cursor.run("SELECT worker::VARCHAR AS worker, t FROM mine", {}, mine=nothing)
    assert [len(column) for column in found.values()] == [0, 0]


def test_what_takes_too_long_is_given_up_and_the_next_is_answered() -> None:
    scan = Scan(limit_s=0.2)
    with scan.turn() as cursor:
        with pytest.raises(TookTooLong):
            cursor.run(ENDLESS, {"n": 100_000})
        with pytest.raises(TookTooLong):  # the limit is for the whole turn
            cursor.run("SELECT 1 AS n", {})
    with scan.turn() as cursor:
        assert cursor.run("SELECT 1 AS n", {})["n"].tolist() == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere priorities are of processes")
def test_what_answers_stands_back_and_who_asks_does_not() -> None:
    mine, backs = os.getpriority(os.PRIO_PROCESS, get_native_id()), Event()

    def stands_back() -> bool:
        found = [one.native_id or 0 for one in enumerate_threads() if one.name == "question"]
        return [os.getpriority(os.PRIO_PROCESS, one) for one in found] == [max(mine, STANDS_BACK)]

    def look(cursor: Cursor) -> None:
        while not stands_back():  # it has to begin first
            sleep(0.01)
        backs.set()
        cursor.call_off()

    with Scan().turn() as cursor:
        Thread(target=look, args=(cursor,), daemon=True).start()
        with pytest.raises(CalledOff):
            cursor.run(ENDLESS, {"n": 100_000})
    assert backs.is_set()
    assert os.getpriority(os.PRIO_PROCESS, get_native_id()) == mine


def test_only_so_many_at_once() -> None:
    scan, asked, leave = Scan(at_once=1, wait_s=0.05), Event(), Event()

    def ask() -> None:
        with scan.turn():
            asked.set()
            leave.wait(5)

    one = Thread(target=ask)
    one.start()
    assert asked.wait(5)
    with pytest.raises(Busy), scan.turn():
        pass
    leave.set()
    one.join(5)
    with scan.turn() as cursor:
        assert cursor.run("SELECT 1 AS n", {})["n"].tolist() == [1]


def test_files_that_are_missing_or_no_parquet(tmp_path: Path) -> None:
    bad = tmp_path / "bad.parquet"
    bad.write_bytes(b"PAR1 and then nothing that makes sense, but long enough PAR1")
    with Scan().turn() as cursor:
        for path in (tmp_path / "none.parquet", bad):
            with pytest.raises(Unreadable, match=path.name):
                cursor.run("SELECT * FROM read_parquet($files)", {"files": [str(path)]})
        duckdb.execute(f"COPY (SELECT 7 AS n) TO '{bad}' (FORMAT parquet)")
        assert cursor.run("SELECT n FROM read_parquet($files)", {"files": [str(bad)]})["n"].tolist() == [7]


def test_who_has_waited_longest_is_next() -> None:
    scan, order, waiting = Scan(at_once=1, wait_s=5), [], []

    def ask(n: int) -> None:
        with scan.turn():
            order.append(n)

    with scan.turn():
        for n in range(5):
            one = Thread(target=ask, args=(n,))
            one.start()
            while len(scan._turns._waiting) <= n:
                sleep(0)
            waiting.append(one)
    for one in waiting:
        one.join(5)
    assert order == list(range(5))
