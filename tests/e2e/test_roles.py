"""The other ways to start it: on another address, with the demo city, with a recording, and wrongly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from conftest import Open
from walls import ROOT, App, holds, wait_for

TAPE = """event_id,title,lat,lon,opened,target,closed
A1,人行道路面破损,31.78,119.95,2024-05-01 08:00:00,2024-05-03 08:00:00,
A2,路灯不亮,31.78,119.95,2024-05-01 08:00:10,2024-05-03 08:00:10,2024-05-01 08:00:40
A3,坐标有误,131.78,119.95,2024-05-01 08:00:20,,
"""
MAPPING = """kind: events
name: mine
source: replay-mine
crs: wgs84
timezone: Asia/Shanghai
columns:
  event_id: event_id
  title: title
  lat: lat
  lon: lon
  opened: opened
  target: target
  closed: closed
  category: {default: public_facility}
  severity: {default: normal}
"""


def app(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *arguments], capture_output=True, text=True, timeout=30, check=False
    )


def test_another_address_needs_insecure_and_the_wall_says_so(short_dir: Path, open_page: Open) -> None:
    refused = app("run", "--host", "0.0.0.0")
    assert refused.returncode == 2
    assert "--insecure" in refused.stderr
    wall = App("run", "--no-simulator", "--host", "0.0.0.0", "--insecure", data_dir=short_dir / "data")
    try:
        wall.ready()
        page, _ = open_page(wall.url)
        assert page.get_by_text(f"0.0.0.0:{wall.port}").first.is_visible()
    finally:
        wall.stop()


def test_the_demo_city_is_accepted_whole(short_dir: Path, open_page: Open) -> None:
    wall = App("run", data_dir=short_dir / "data")
    try:
        health = wait_for(lambda: (h := wall.health()) and h["events"] > 2000 and h["workers"] == 13_080 and h)
        page, seen = open_page(wall.url)
        holds(page, "window.wall.debug().workers === 13080")
        holds(page, "document.querySelectorAll('[data-testid=event-row]').length >= 8")
        health = wait_for(lambda: (h := wall.health()) and "positioning" in h["feeds"] and h)
        assert {name: stat["rejected"] for name, stat in health["feeds"].items() if stat["rejected"]} == {}
        assert {name: stat["duplicates"] for name, stat in health["feeds"].items() if stat["duplicates"]} == {}
        # while the history is being read after a start, it is answered that it is, and asked again
        assert [said for said in seen.errors if not ("503" in said and "/api/kpi" in said)] == []
    finally:
        wall.stop()


def test_a_recording_plays_and_the_wall_says_so(wall: App, open_page: Open, tmp_path: Path) -> None:
    (tmp_path / "tape.csv").write_text(TAPE)
    (tmp_path / "mine.yaml").write_text(MAPPING)
    played = app(
        "replay", str(tmp_path / "tape.csv"), "--mapping", str(tmp_path / "mine.yaml"), "--speed", "3600",
        "--redis-url", f"unix://{wall.data_dir.resolve()}/valkey.sock", "--data-dir", str(wall.data_dir),
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    assert "event.reported 2" in played.stdout
    health = wall.caught_up()
    assert (health["events"], health["open"]) == (2, 1)
    letters = wall.client().xrange("wall:deadletter")
    assert [(fields[b"field"], fields[b"place"]) for _, fields in letters] == [(b"lat", b"tape.csv:4")]
    page, _ = open_page(wall.url)
    page.get_by_text("人行道路面破损").first.wait_for()
    page.get_by_text("回放").first.wait_for()


def test_a_second_wall_on_the_same_folder_is_told_so(wall: App) -> None:
    second = app("run", "--data-dir", str(wall.data_dir), "--no-simulator")
    assert second.returncode == 2
    assert "another wall is running" in second.stderr


def test_a_taken_port_and_a_dead_log_are_said_in_one_sentence(wall: App, short_dir: Path) -> None:
    taken = app("run", "--data-dir", str(short_dir / "other"), "--port", str(wall.port), "--no-simulator")
    dead = app("serve", "--redis-url", "redis://wall:secret@127.0.0.1:1/0")
    assert (taken.returncode, dead.returncode) == (2, 2)
    assert "try another --port" in taken.stderr
    assert "does not answer" in dead.stderr
    assert "secret" not in dead.stderr
    assert len(taken.stderr.splitlines()) == len(dead.stderr.splitlines()) == 1


def test_help_and_settings_name_every_role_and_variable() -> None:
    top = app("--help").stdout
    assert all(role in top for role in ("run", "serve", "feed", "historian", "replay", "settings"))
    listed = app("settings").stdout
    assert all(name in listed for name in ("WALL_HOST", "WALL_REDIS_URL", "WALL_DATA_DIR", "WALL_TILES_URL"))
