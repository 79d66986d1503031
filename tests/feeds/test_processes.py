"""Keeping real processes running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from feeds.processes import DONE, Job, keep_running
from tests.support import until

NOTE = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); "


def job(name: str, folder: Path, then: str, **environment: str) -> Job:
    """A process that notes its id in a file named after it, then does `then`."""
    return Job(name, [sys.executable, "-S", "-c", NOTE + then, str(folder / name)], environment=environment)


def pids(folder: Path, name: str) -> list[int]:
    """The ids it has had."""
    path = folder / name
    return [int(line) for line in path.read_text().splitlines()] if path.exists() else []


def alive(pid: int) -> bool:
    """Whether that process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def kept(jobs: list[Job], enough: Callable[[], bool]) -> bool:
    """Keep `jobs` running until `enough()`, looked at beside them; whether it came true."""
    stop, seen = Event(), []

    def watch() -> None:
        seen.append(until(enough, 10))
        stop.set()

    watcher = Thread(target=watch)
    watcher.start()
    keep_running(jobs, stop)
    stop.set()
    watcher.join()
    return seen[0]


def test_a_crashed_one_is_started_again(tmp_path: Path) -> None:
    crashing = job("crashing", tmp_path, "sys.exit(3)")
    assert kept([crashing], lambda: len(pids(tmp_path, "crashing")) >= 2)
    assert crashing.failures >= 1
    assert not crashing.done


def test_a_killed_one_is_started_again_and_the_other_left_alone(tmp_path: Path) -> None:
    killed, steady = (job(name, tmp_path, "time.sleep(60)") for name in ("killed", "steady"))

    def enough() -> bool:
        if len(pids(tmp_path, "killed")) == 1 and pids(tmp_path, "steady"):
            os.kill(pids(tmp_path, "killed")[0], signal.SIGKILL)
            until(lambda: len(pids(tmp_path, "killed")) == 2, 5)
        return len(pids(tmp_path, "killed")) == 2

    assert kept([killed, steady], enough)
    assert len(pids(tmp_path, "steady")) == 1


def test_a_finished_one_stays_down_and_all_finished_is_the_end(tmp_path: Path) -> None:
    first, second = (job(name, tmp_path, f"sys.exit({DONE})") for name in ("first", "second"))
    keep_running([first, second], Event())
    assert (first.done, second.done) == (True, True)
    assert [len(pids(tmp_path, name)) for name in ("first", "second")] == [1, 1]


def test_stop_ends_all_of_them(tmp_path: Path) -> None:
    jobs = [job(str(k), tmp_path, "time.sleep(60)") for k in range(3)]
    assert kept(jobs, lambda: all(pids(tmp_path, str(k)) for k in range(3)))
    assert not any(alive(pids(tmp_path, str(k))[0]) for k in range(3))


def test_one_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.processes._STOP_S", 0.3)
    ignore = "import signal; signal.signal(15, signal.SIG_IGN); open(sys.argv[1] + '.deaf', 'w'); time.sleep(60)"
    deaf = job("deaf", tmp_path, ignore)
    assert kept([deaf], (tmp_path / "deaf.deaf").exists)
    assert not alive(pids(tmp_path, "deaf")[0])


def test_a_job_has_its_environment(tmp_path: Path) -> None:
    keep_running([job("child", tmp_path, "sys.exit(os.environ['WALL_TEST'] != 'yes')", WALL_TEST="yes")], Event())
    assert len(pids(tmp_path, "child")) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their killed parent")
def test_killed_with_their_parent(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom threading import Event\nfrom feeds.processes import Job, keep_running\n"
        f"keep_running([Job('child', [sys.executable, '-S', '-c', {NOTE + 'time.sleep(60)'!r}, sys.argv[1]])], Event())"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "child")], cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert until(lambda: pids(tmp_path, "child"), 10)
    parent.kill()
    parent.wait()
    assert until(lambda: not alive(pids(tmp_path, "child")[0]), 5)


def test_one_whose_work_never_ends_is_started_again_even_when_it_says_it_is_done(tmp_path: Path) -> None:
    endless = job("endless", tmp_path, "sys.exit(0)")
    endless.endless = True
    assert kept([endless], lambda: len(pids(tmp_path, "endless")) >= 2)
