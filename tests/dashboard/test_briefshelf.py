"""The shelf of issues: numbered by year, each once whoever tries, whole or not there, and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from dashboard import clock
from dashboard.brief import Brief, Cases
from dashboard.briefnews import News
from dashboard.briefshelf import Issued, Shelf, Taken
from dashboard.clock import DAY_MS
from dashboard.windows import Window

DAY = clock.city_day_start("2026-11-21")
NOW = DAY + DAY_MS + 27_000_000


def a_brief(start: int = DAY, days: int = 1) -> Brief:
    """A brief of whole days in which nothing happened."""
    none = Cases(0, [])
    return Brief(start - 1, start + days * DAY_MS - 1, NOW, 0, {}, News([], 0, 0, 28), none, none, [], [], [], [])


def papers(issued: Issued) -> Mapping[str, bytes]:
    """Documents that name their issue."""
    return {form: f"{form} of {issued.id}".encode() for form in ("html", "pdf", "docx")}


def test_issues_are_numbered_by_year_and_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.issue(a_brief(), papers, NOW, daily=True)
    two = shelf.issue(a_brief(DAY - 30 * DAY_MS, 7), papers, NOW + 1, by="01席")
    later = shelf.issue(a_brief(DAY + 60 * DAY_MS), papers, NOW + 60 * DAY_MS, daily=True)
    assert [issued.id for issued in (one, two, later)] == ["2026-1", "2026-2", "2027-1"]
    assert [issued.id for issued in Shelf(tmp_path).issues()] == ["2027-1", "2026-2", "2026-1"]
    assert Shelf(tmp_path).issues()[-1] == one
    assert shelf.document("2026-2", "pdf") == b"pdf of 2026-2"
    assert (tmp_path / "2026" / "002-2026-10-22_2026-10-28.pdf").exists()
    assert shelf.last_day() == "2027-01-20"


def test_the_same_days_are_issued_once_but_for_a_correction(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    one = shelf.issue(a_brief(), papers, NOW)
    with pytest.raises(Taken, match="issue 2026-1"):
        shelf.issue(a_brief(), papers, NOW)
    corrected = shelf.issue(a_brief(), papers, NOW, correct=True)
    assert (corrected.number, corrected.corrects) == (2, 1)
    assert shelf.newest(Window(one.brief.start, one.brief.end)) == corrected
    assert shelf.document("2026-1", "html") == b"html of 2026-1"


def test_many_at_once_issue_it_once(tmp_path: Path) -> None:
    found: list[object] = []

    def issue() -> None:
        try:
            found.append(Shelf(tmp_path).issue(a_brief(), papers, NOW).number)
        except Taken as taken:
            found.append(taken.was.number)

    threads = [Thread(target=issue) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (found, len(Shelf(tmp_path).issues())) == ([1] * 12, 1)


def test_what_was_broken_off_was_not_issued(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)

    def broken(issued: Issued) -> Mapping[str, bytes]:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        shelf.issue(a_brief(), broken, NOW)
    (tmp_path / "2026").mkdir(exist_ok=True)
    (tmp_path / "2026" / "001-2026-11-21.pdf").write_bytes(b"of a process that was killed")
    assert shelf.issues() == []
    shelf.issue(a_brief(), papers, NOW)
    assert shelf.document("2026-1", "pdf") == b"pdf of 2026-1"
    assert [path.name for path in tmp_path.rglob("*.part")] == []


@pytest.mark.parametrize(("issue", "form"), [("2026-2", "pdf"), ("2026-1", "exe"), ("../2026-1", "pdf"), ("x", "pdf")])
def test_what_was_not_issued_cannot_be_had(tmp_path: Path, issue: str, form: str) -> None:
    shelf = Shelf(tmp_path)
    shelf.issue(a_brief(), papers, NOW)
    with pytest.raises(KeyError):
        shelf.document(issue, form)


def test_an_empty_shelf(tmp_path: Path) -> None:
    assert (Shelf(tmp_path / "none").issues(), Shelf(tmp_path).last_day()) == ([], "")


def test_the_content_is_kept_whole(tmp_path: Path) -> None:
    one = Shelf(tmp_path).issue(a_brief(), papers, NOW)
    assert msgspec.json.decode(Shelf(tmp_path).document("2026-1", "json"), type=Issued) == one
