"""What strangers are told of events: those in memory and those that have left it, and nothing about people."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.cases import Cases
from dashboard.cities import load_city
from dashboard.model import EventReported, EventStep, Step
from dashboard.record import Record
from feeds.log import Log
from feeds.open311public import Public, Wanted, masked
from feeds.protocols.open311 import ServiceRequest
from tests.following import Following
from tests.support import T0

DAY_MS = 86_400_000


class Book:
    """A log, its picture, and the table of every case."""

    def __init__(self, log: Log) -> None:
        self.log, self.seen = log, Following(log)
        self.cases = Cases(self.seen, fresh_s=0)
        self.seen.replica.picture.events.on_change = self.cases.note
        self.cases.fill()
        self.public = Public(self.seen, self.cases, load_city("changzhou"))

    def tell(
        self, event_id: str, at_ms: int = T0, category: str = "labour", title: str = "拖欠工资", address: str = ""
    ) -> None:
        """An event is reported."""
        data = EventReported(event_id, title, category, "normal", 31.8, 119.97, address=address, process="external")
        self.log.append([Record(f"{event_id}/r", "test", "event.reported", at_ms, data)])

    def step(self, event_id: str, name: str, at_ms: int, department: str = "") -> None:
        """A step is taken."""
        data = EventStep(event_id, Step(name), department=department, note="张三 13912345678", by="03席")
        self.log.append([Record(f"{event_id}/{name}", "test", "event.step", at_ms, data)])

    def one(self, event_id: str) -> ServiceRequest:
        """The request of an id."""
        [found] = self.public.by_ids([event_id], "zh")
        return found


@pytest.fixture
def book(log: Log) -> Book:
    return Book(log)


def closed(book: Book, event_id: str) -> None:
    """An event goes all the way."""
    book.tell(event_id)
    for n, name in enumerate(("accepted", "assigned", "handling", "feedback", "evaluated"), 1):
        book.step(event_id, name, T0 + n, "labour_none" if name == "assigned" else "")


def test_an_event_is_told_with_its_department_and_no_more(book: Book) -> None:
    book.tell("e1", address="怀德路 1 号，电话 0519-86668888")
    book.step("e1", "accepted", T0 + 1)
    book.step("e1", "assigned", T0 + 5, department="human_resources")
    told = book.one("e1")
    assert (told.status, told.service_code, told.service_name) == ("open", "labour", "劳动保障")
    assert (told.agency_responsible, told.status_notes, told.updated_ms) == ("人社局", "分流", T0 + 5)
    assert told.address == "怀德路 1 号，电话 ＊＊＊"
    assert "张三" not in str(told) and "03席" not in str(told)
    [english] = book.public.by_ids(["e1"], "en")
    assert (english.service_name, english.status_notes) == ("Labour and insurance", "Assigned")


def test_the_same_is_told_of_an_event_that_has_left_memory(book: Book) -> None:
    closed(book, "e1")
    before = book.one("e1")
    assert before.status == "closed"
    book.public.page(Wanted(0, T0 + DAY_MS), "zh")  # the table has it by now
    events = book.seen.replica.picture.events
    events.release([("e1", events.digest_of("e1"))])
    assert not events.warm("e1") and book.one("e1") == before
    assert book.public.page(Wanted(T0, T0), "zh") == [before]


def test_pages_go_from_the_newest_to_the_oldest(book: Book) -> None:
    for n in range(7):
        book.tell(f"e{n}", T0 + n)
    pages = [
        [one.request_id for one in book.public.page(Wanted(T0, T0 + 9, page=n, size=3), "zh")] for n in (1, 2, 3, 4)
    ]
    assert pages == [["e6", "e5", "e4"], ["e3", "e2", "e1"], ["e0"], []]


def test_what_nobody_knows_is_left_out(book: Book) -> None:
    book.tell("e1")
    assert [one.request_id for one in book.public.by_ids(["x", "e1", "y'; DROP"], "zh")] == ["e1"]


@pytest.mark.parametrize(("text", "told"), [
    ("联系 13912345678 李", "联系 ＊＊＊ 李"), ("李某320402199001011234反映", "李某＊＊＊反映"),
    ("身份证32040219900101123X", "身份证＊＊＊"),
    ("邮箱 li.si@qq.com。", "邮箱 ＊＊＊。"), ("电话0519-8666 8888", "电话＊＊＊"), ("+86 139 1234 5678", "＊＊＊"),
    ("怀德路 12 号 3 幢 401 室", "怀德路 12 号 3 幢 401 室"),
    ("12345 热线", "12345 热线"), ("苏D12345 乱停", "苏D12345 乱停"),
])  # fmt: skip
def test_numbers_of_people_are_not_told(text: str, told: str) -> None:
    assert masked(text) == told


def test_without_a_table_only_memory_is_known(log: Log, tmp_path: Path) -> None:
    book = Book(log)
    book.tell("e1")
    public = Public(book.seen, None, load_city("changzhou"))
    assert [one.request_id for one in public.by_ids(["e1", "e2"], "zh")] == ["e1"]
    assert public.page(Wanted(0, T0 + 1), "zh") == []
