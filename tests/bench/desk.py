"""Two officers press 受理 on one event in the same instant, in two browsers: one wins, and the other must be told.

Measured by the pages themselves, frame by frame: from when the winner's command was answered until the loser's page
says that it was refused and its queue shows the new step. Who sees both before that has waited 0 ms.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from math import inf
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from conftest import FLAGS
from test_console import choose
from walls import App, holds, now_ms, report

from tests.bench.measure import Line

ROUNDS = 10
AIM_MS = 1000
LEAD_MS = 500
"""Both pages know by then when to press."""
PRESS = """([id, at]) => {
  const round = window.round = {};
  for (const toast of document.querySelectorAll(".toast")) toast.remove();
  const plain = window.plainFetch ??= window.fetch;
  window.fetch = async (...asked) => {
    const answer = await plain(...asked);
    if (!String(asked[0]).endsWith("/api/commands")) return answer;
    Object.assign(round, { status: answer.status, answered: Date.now() });
    return answer;
  };
  const row = `#screen-desk [data-event-id="${id}"][data-step="accepted"]`;
  const look = () => {
    if (document.querySelector(".toast.fault")) round.told ??= Date.now();
    if (document.querySelector(row)) round.shown ??= Date.now();
    if (round === window.round) requestAnimationFrame(look);
  };
  look();
  setTimeout(() => document.querySelector("[data-deed=accept]").click(), at - Date.now());
}"""


def run() -> Iterator[Line]:
    """Ten events, one after the other."""
    found = os.environ.get("WALL_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory(prefix="bench") as folder, sync_playwright() as playwright:
        browsers = [playwright.chromium.launch(executable_path=found, args=FLAGS) for _ in range(2)]
        wall = App("run", "--no-simulator", data_dir=Path(folder) / "data")
        try:
            wall.ready()
            for n in range(ROUNDS):
                report(wall.client(), f"E{n}")
            pages = [browser.new_page(viewport={"width": 1920, "height": 1080}) for browser in browsers]
            for page in pages:
                page.goto(f"{wall.url}/console")
                holds(page, "window.wall?.debug?.().link === 'live'")
            rounds = [_round(pages, f"E{n}") for n in range(ROUNDS)]
            carried_out = wall.client().xlen("wall:audit")
        finally:
            wall.stop()
            for browser in browsers:
                browser.close()
    yield from _lines(rounds, carried_out)


def _round(pages: list[Page], event_id: str) -> list[dict[str, Any]]:
    """What each page saw, the winner's first: the status of its command, and when it saw what (UTC ms)."""
    for page in pages:
        choose(page, event_id)
    at = now_ms() + LEAD_MS
    for page in pages:
        page.evaluate(PRESS, [event_id, at])
    for page in pages:
        holds(page, "window.round.shown && (window.round.status === 202 || window.round.told)")
    return sorted((page.evaluate("window.round") for page in pages), key=lambda seen: seen.get("status", 0) != 202)


def _lines(rounds: list[list[dict[str, Any]]], carried_out: int) -> Iterator[Line]:
    waits = [_wait(*pair) for pair in rounds]
    late = sum("status" not in loser for _, loser in rounds)
    odd = sum([seen.get("status") for seen in pair].count(202) != 1 for pair in rounds) + abs(carried_out - len(rounds))
    print(
        f"waits {sorted(waits)} ms; median {median(waits):.0f}; {late} losers saw it before they could press",
        flush=True,
    )
    yield Line("two officers: rounds without exactly one winner", odd, 1, "", 0)
    p95 = quantiles(waits, n=20, method="inclusive")[-1]
    yield Line("the loser is told and shown, 95th percentile (baseline: aim)", p95, AIM_MS, "ms", 1)


def _wait(winner: dict[str, Any], loser: dict[str, Any]) -> float:
    """How long the loser did not know; for ever where nobody won, or both."""
    known = max(loser.get("told", inf), loser.get("shown", inf))
    return max(0, known - winner.get("answered", 0))
