"""The working-day clock: cases counted by hand from the holiday notices, and what holds for any instant and span.

Office hours are 08:30–12:00 and 13:30–17:30 (7.5 hours) unless said otherwise; times are those of Shanghai.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.clock import CITY_ZONE, DAY_MS, HOUR_MS
from dashboard.workdays import OfficeHours, Span, Unit, WorkClock

MINUTE_MS = 60_000
CLOCK = WorkClock()
CLOCK_UNITS = {Unit.minute, Unit.hour, Unit.day}


def at(text: str, zone: tzinfo = CITY_ZONE) -> int:
    """UTC ms of a local time written `2026-03-10 10:00`."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def told(ms: int) -> str:
    """The local time of UTC ms, to the minute unless there is more to say."""
    return datetime.fromtimestamp(ms / 1000, CITY_ZONE).isoformat(" ").removesuffix("+08:00").removesuffix(":00")


# --- the dates of the holiday notices, against the calendar in use ---------------------------------------------------

NOTICES = {
    # 国务院办公厅关于2024年部分节假日安排的通知 (国办发明电〔2023〕7号, 2023-10-25)
    # 元旦 1/1 · 春节 2/10–17 · 清明 4/4–6 · 劳动节 5/1–5 · 端午 6/10 · 中秋 9/15–17 · 国庆 10/1–7
    # 上班: 2/4 日, 2/18 日, 4/7 日, 4/28 日, 5/11 六, 9/14 六, 9/29 日, 10/12 六
    # 除夕 (2/9) is a working day: the notice only encourages leave.
    2024: (
        "01-01/01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10/06-10 09-15/09-17 10-01/10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    # 国务院办公厅关于2025年部分节假日安排的通知 (国办发明电〔2024〕12号, 2024-11-12)
    # 元旦 1/1 · 春节 1/28–2/4 · 清明 4/4–6 · 劳动节 5/1–5 · 端午 5/31–6/2 · 国庆、中秋 10/1–8
    # 上班: 1/26 日, 2/8 六, 4/27 日, 9/28 日, 10/11 六
    2025: (
        "01-01/01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    # 国务院办公厅关于2026年部分节假日安排的通知 (国办发明电〔2025〕7号, 2025-11-04)
    # 元旦 1/1–3 · 春节 2/15–23 · 清明 4/4–6 · 劳动节 5/1–5 · 端午 6/19–21 · 中秋 9/25–27 · 国庆 10/1–7
    # 上班: 1/4 日, 2/14 六, 2/28 六, 5/9 六, 9/20 日, 10/10 六
    2026: (
        "01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=k) for k in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_year_is_as_its_notice_says(year: int) -> None:
    off, on = (text.split() for text in NOTICES[year])
    spans = [[date.fromisoformat(f"{year}-{end}") for end in span.split("/")] for span in off]
    exchanged = {date.fromisoformat(f"{year}-{day}") for day in on}
    assert all(day.weekday() >= 5 for day in exchanged)
    for day in days_of(year):
        holiday = any(first <= day <= last for first, last in spans)
        assert CLOCK.is_working_day(day) == (day in exchanged or (day.weekday() < 5 and not holiday)), day


# --- limits counted by hand -----------------------------------------------------------------------------------------

LIMITS = [
    # 春节 2024 (notice above): Fri 9 Feb 除夕 worked | Sat 10 – Sat 17 off | Sun 4 and Sun 18 worked
    ("2024-02-08 16:00", "1wd", "2024-02-09 17:30"),  # 除夕 is worked
    ("2024-02-08 16:00", "7wd", "2024-02-23 17:30"),  # 9, Sun 18, 19, 20, 21, 22, 23
    ("2024-02-03 10:00", "1wd", "2024-02-04 17:30"),  # from a Saturday off to the Sunday worked
    ("2024-02-04 10:00", "4wh", "2024-02-04 15:30"),  # on that Sunday: 2 h, lunch, 2 h
    ("2024-02-09 16:30", "2wh", "2024-02-18 09:30"),  # 1 h on 除夕, 1 h on the Sunday worked
    ("2024-02-10 12:00", "1wh", "2024-02-18 09:30"),  # starts in the holiday
    # 清明 2024: Thu 4 – Sat 6 Apr off, Sun 7 worked
    ("2024-04-03 17:00", "1wd", "2024-04-07 17:30"),
    # 劳动节 2024: Wed 1 – Sun 5 May off; Sun 28 Apr and Sat 11 May worked
    ("2024-04-26 09:00", "3wd", "2024-04-30 17:30"),  # Sun 28, 29, 30
    ("2024-05-10 17:30", "1wh", "2024-05-11 09:30"),  # exactly at closing on Friday: Saturday is worked
    # 国庆 2024: Tue 1 – Mon 7 Oct off; Sun 29 Sep and Sat 12 Oct worked
    ("2024-09-30 17:29", "0.5wh", "2024-10-08 08:59"),  # 1 min before the holiday, 29 after
    ("2024-09-27 18:00", "4wd", "2024-10-09 17:30"),  # Sun 29, 30, 8, 9
    # 元旦 2024: Mon 1 Jan off with the weekend; 元旦 2025: only Wed 1 Jan
    ("2023-12-29 18:00", "2wd", "2024-01-03 17:30"),  # 2, 3
    ("2024-12-31 10:00", "1wd", "2025-01-02 17:30"),
    ("2024-12-31 17:00", "1wh", "2025-01-02 09:00"),
    # 春节 2025: Tue 28 Jan – Tue 4 Feb off; Sun 26 Jan and Sat 8 Feb worked
    ("2025-01-27 09:00", "7wd", "2025-02-12 17:30"),  # 5, 6, 7, Sat 8, 10, 11, 12
    ("2025-01-24 17:00", "5wd", "2025-02-07 17:30"),  # Sun 26, 27, 5, 6, 7
    ("2025-01-24 12:30", "4wh", "2025-01-24 17:30"),  # from lunch; ends at the closing, not at the next opening
    ("2025-01-27 23:00", "7.5wh", "2025-02-05 17:30"),  # from the night: one whole day of work
    ("2025-02-07 16:00", "7.5wh", "2025-02-08 16:00"),  # 1.5 h on Friday, 6 h on the Saturday worked
    # 国庆、中秋 2025: Wed 1 – Wed 8 Oct off; Sun 28 Sep and Sat 11 Oct worked
    ("2025-09-26 10:00", "7wd", "2025-10-13 17:30"),  # Sun 28, 29, 30, 9, 10, Sat 11, Mon 13
    ("2025-09-30 17:30", "1wh", "2025-10-09 09:30"),  # exactly at closing
    ("2025-09-30 15:30", "10wh", "2025-10-10 09:00"),  # 2 h, 7.5 h on the 9th, 0.5 h
    ("2025-09-28 08:30", "7.5wh", "2025-09-28 17:30"),  # exactly at opening, on the Sunday worked
    ("2025-10-11 11:59", "1wh", "2025-10-11 14:29"),  # 1 min, lunch, 59 min, on the Saturday worked
    # 元旦 2026: Thu 1 – Sat 3 Jan off, Sun 4 worked
    ("2025-12-31 09:00", "3wd", "2026-01-06 17:30"),  # Sun 4, 5, 6
    ("2025-12-31 17:00", "1wh", "2026-01-04 09:00"),
    # 春节 2026: Sun 15 – Mon 23 Feb off; Sat 14 and Sat 28 worked
    ("2026-02-13 16:00", "7wd", "2026-03-02 17:30"),  # Sat 14, 24, 25, 26, 27, Sat 28, Mon 2
    ("2026-02-14 17:00", "4wh", "2026-02-24 12:00"),  # 0.5 h, 3.5 h: ends as lunch begins
    ("2026-02-14 23:59", "1wd", "2026-02-24 17:30"),  # the last minute of the 14th and
    ("2026-02-15 00:00", "1wd", "2026-02-24 17:30"),  # the first of the 15th count from days that are not worked
    ("2026-02-24 00:00", "1wd", "2026-02-25 17:30"),  # the day of the start does not count, even from midnight
    # 端午 2026: Fri 19 – Sun 21 Jun off; no day worked in exchange
    ("2026-06-18 15:00", "1wd", "2026-06-22 17:30"),
    # 中秋 2026: Fri 25 – Sun 27 Sep off; 国庆 2026: Thu 1 – Wed 7 Oct off; Sun 20 Sep and Sat 10 Oct worked
    ("2026-09-18 10:00", "7wd", "2026-09-29 17:30"),  # Sun 20, 21, 22, 23, 24, 28, 29
    ("2026-09-30 10:00", "3wd", "2026-10-10 17:30"),  # 8, 9, Sat 10
    ("2026-09-24 12:00", "4wh", "2026-09-24 17:30"),  # exactly as lunch begins
    # An ordinary March week
    ("2026-03-10 10:00", "7wd", "2026-03-19 17:30"),  # 11, 12, 13, 16, 17, 18, 19
    ("2026-03-10 10:00", "2wh", "2026-03-10 12:00"),
    ("2026-03-10 12:00:00.001", "2wh", "2026-03-10 15:30"),  # lunch is closed to the millisecond
    ("2026-03-10 11:59:59.999", "2wh", "2026-03-10 15:29:59.999000"),
    ("2026-03-13 17:29:59.999", "0.5wh", "2026-03-16 08:59:59.999000"),
    # The clock runs through 春节 and 国庆
    ("2026-02-14 16:00", "3d", "2026-02-17 16:00"),
    ("2026-09-30 23:50", "30m", "2026-10-01 00:20"),
    ("2026-02-14 23:00", "1.5h", "2026-02-15 00:30"),
]


@pytest.mark.parametrize(("start", "span", "due"), LIMITS)
def test_limits_counted_by_hand(start: str, span: str, due: str) -> None:
    assert told(CLOCK.add(at(start), Span.parse(span))) == due


WORKED = [
    ("2026-03-10 08:30", "2026-03-10 17:30", 450),  # lunch is not worked
    ("2026-03-10 12:00", "2026-03-10 13:30", 0),
    ("2026-03-10 00:00", "2026-03-12 00:00", 900),
    ("2026-03-13 17:00", "2026-03-16 09:00", 60),  # over a weekend
    ("2024-02-09 16:30", "2024-02-18 09:30", 120),  # over 春节 2024 into the Sunday worked
    ("2026-02-09 00:00", "2026-03-09 00:00", 16 * 450),  # 9–14 Feb: 6, 24–28 Feb: 5, 2–6 Mar: 5
    ("2025-09-28 00:00", "2025-10-12 00:00", 6 * 450),  # 28, 29, 30 Sep, 9, 10, 11 Oct
]


@pytest.mark.parametrize(("a", "b", "minutes"), WORKED)
def test_work_counted_by_hand(a: str, b: str, minutes: int) -> None:
    assert CLOCK.between(at(a), at(b)) == minutes * MINUTE_MS
    assert CLOCK.between(at(b), at(a)) == -minutes * MINUTE_MS


PAUSES = [
    # 7wd from Tue 10 March 2026 end on Thu 19
    ("2026-03-19 17:30", "wd", "2026-03-11 10:00", "2026-03-11 11:00", "2026-03-19 17:30"),  # an hour costs no day
    ("2026-03-19 17:30", "wd", "2026-03-11 19:00", "2026-03-12 08:00", "2026-03-19 17:30"),  # nor does a night
    ("2026-03-19 17:30", "wd", "2026-03-13 18:00", "2026-03-16 08:30", "2026-03-19 17:30"),  # nor a weekend
    ("2026-03-19 17:30", "wd", "2026-03-11 10:00", "2026-03-13 15:00", "2026-03-23 17:30"),  # Wed and Thu: 2 days
    ("2026-03-19 17:30", "wd", "2026-03-19 10:00", "2026-03-21 10:00", "2026-03-23 17:30"),  # on the last day
    ("2026-03-19 17:30", "wd", "2026-03-19 17:31", "2026-03-25 10:00", "2026-03-19 17:30"),  # passed stays passed
    # 国庆 2025 (off 1–8 Oct; Sat 11 worked): only 30 Sep is lost
    ("2025-10-13 17:30", "wd", "2025-09-30 09:00", "2025-10-09 09:00", "2025-10-14 17:30"),
    # 春节 2026 (off 15–23 Feb; Sat 14 worked): Fri 13 and Sat 14 are lost
    ("2026-02-24 17:30", "wd", "2026-02-13 10:00", "2026-02-24 09:00", "2026-02-26 17:30"),
    # 4wh from Tue 10 March 10:00 end at 15:30
    ("2026-03-10 15:30", "wh", "2026-03-10 11:00", "2026-03-11 14:00", "2026-03-11 17:00"),  # 3 h left
    ("2026-03-10 15:30", "wh", "2026-03-10 12:10", "2026-03-10 13:00", "2026-03-10 15:30"),  # lunch costs nothing
    ("2026-03-10 15:30", "wh", "2026-03-10 15:30", "2026-03-10 20:00", "2026-03-11 08:30"),  # nothing left: goes on at
    ("2026-03-10 15:30", "wh", "2026-03-10 15:30", "2026-03-11 09:00", "2026-03-11 09:00"),  # the next open instant
    ("2026-03-10 15:30", "wh", "2026-03-10 15:31", "2026-03-11 09:00", "2026-03-10 15:30"),
    # 1wh from 30 Sep 2025 17:00 end on 9 Oct 09:00: paused at closing half an hour is left, paused at once an hour
    ("2025-10-09 09:00", "wh", "2025-09-30 17:30", "2025-10-08 20:00", "2025-10-09 09:00"),
    ("2025-10-09 09:00", "wh", "2025-09-30 17:00", "2025-10-08 20:00", "2025-10-09 09:30"),
    # The clock
    ("2026-03-10 15:30", "h", "2026-03-10 11:00", "2026-03-12 11:00", "2026-03-12 15:30"),
    ("2026-02-17 16:00", "d", "2026-02-15 00:00", "2026-02-15 08:00", "2026-02-18 00:00"),
    ("2026-03-10 15:30", "m", "2026-03-10 11:00", "2026-03-10 10:00", "2026-03-10 15:30"),  # resumed before it began
]


@pytest.mark.parametrize(("due", "unit", "paused", "resumed", "moved"), PAUSES)
def test_pauses_counted_by_hand(due: str, unit: str, paused: str, resumed: str, moved: str) -> None:
    assert told(CLOCK.moved(at(due), Unit(unit), at(paused), at(resumed))) == moved


def test_what_is_left_counted_by_hand() -> None:
    due = at("2026-03-19 17:30")
    for now, left in {"03-10 10:00": 8, "03-10 17:30": 8, "03-10 17:31": 7, "03-14 12:00": 4, "03-19 17:30": 1}.items():
        assert CLOCK.left(at(f"2026-{now}"), due, Unit.working_day) == left
    assert CLOCK.left(at("2026-03-19 20:00"), due, Unit.working_day) == 0
    assert CLOCK.left(at("2026-03-23 10:00"), due, Unit.working_day) == -1
    assert CLOCK.left(at("2026-03-19 12:30"), due, Unit.working_hour) == 4 * HOUR_MS
    assert CLOCK.left(at("2026-03-20 09:00"), due, Unit.working_hour) == -30 * MINUTE_MS
    assert CLOCK.left(at("2026-03-20 09:00"), due, Unit.hour) == -15.5 * HOUR_MS


@pytest.mark.parametrize(("unit", "left"), [("h", -1), ("wh", -1), ("wd", 0), ("wd", -3)])
def test_what_has_passed_does_not_go_on(unit: str, left: int) -> None:
    with pytest.raises(ValueError, match=f"{left} {unit} left: the limit has passed"):
        CLOCK.resume(at("2026-03-10 10:00"), left, Unit(unit))


# --- spans ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "size"),
    [("30m", 1_800_000), ("2h", 7_200_000), ("3d", 259_200_000), ("4wh", 14_400_000), ("7wd", 7), ("1.25h", 4_500_000)],
)
def test_spans_are_read_and_written(text: str, size: int) -> None:
    assert Span.parse(text).size == size
    assert str(Span.parse(text)) == text


@given(
    st.one_of(
        st.builds(
            lambda n, unit: Span(n / 100, unit),
            st.integers(1, 366_000),
            st.sampled_from(["m", "h", "d", "wh"]).map(Unit),
        ),
        st.builds(Span, st.integers(1, 3660), st.just(Unit.working_day)),
    )
)
def test_a_span_reads_as_it_is_written(span: Span) -> None:
    assert Span.parse(str(span)) == span
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(span), type=Span) == span


@pytest.mark.parametrize(
    "text",
    ["", "7", "wd", "7 wd", "7WD", "-1h", "+1h", "0h", "0.5wd", "1.234h", "1e3m", "７wd", "7wd\n", "1w", "9999999d",
     "3661wd", ".5h", "7个工作日", "1,5h", "nan h"],
)  # fmt: skip
def test_what_is_no_span_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no span; allowed are .*30m.*7wd") as refused:
        Span.parse(text)
    assert repr(text) in str(refused.value)


def test_a_field_of_text_is_checked_where_it_is_read() -> None:
    class Rule(msgspec.Struct):
        within: str

        def __post_init__(self) -> None:
            Span.parse(self.within)

    assert msgspec.yaml.decode("within: 7wd", type=Rule).within == "7wd"
    with pytest.raises(msgspec.ValidationError, match="'7 days' is no span"):
        msgspec.yaml.decode("within: 7 days", type=Rule)


# --- office hours, and a city's own dates ---------------------------------------------------------------------------


def test_a_city_says_its_hours_and_dates() -> None:
    text = "periods: [[540, 720], [780, 1020]]\nclosed: [2026-03-11]\nworked: [2026-03-14]\nyears: [2027]"
    hours = msgspec.yaml.decode(text, type=OfficeHours)
    assert hours == OfficeHours(
        (OfficeHours.period("09:00-12:00"), OfficeHours.period("13:00-17:00")),
        frozenset({date(2026, 3, 11)}),
        frozenset({date(2026, 3, 14)}),
        frozenset({2027}),
    )
    clock = WorkClock(hours)
    assert told(clock.add(at("2026-03-10 16:30"), Span.parse("1wh"))) == "2026-03-12 09:30"
    assert told(clock.add(at("2026-03-13 16:30"), Span.parse("1wd"))) == "2026-03-14 17:00"


def test_a_citys_own_dates_win() -> None:
    fair, flood = date(2026, 3, 12), date(2026, 2, 18)  # an ordinary Thursday; a day of 春节 2026
    saturday, exchanged = date(2026, 3, 14), date(2026, 2, 28)  # an ordinary Saturday; one worked in exchange
    clock = WorkClock(OfficeHours(closed=frozenset({fair, exchanged}), worked=frozenset({flood, saturday})))
    for day, own in {fair: False, exchanged: False, flood: True, saturday: True}.items():
        assert (CLOCK.is_working_day(day), clock.is_working_day(day)) == (not own, own)
    assert told(clock.add(at("2026-02-14 10:00"), Span.parse("2wd"))) == "2026-02-24 17:30"  # 18, 24
    assert told(clock.add(at("2026-03-11 17:00"), Span.parse("1wh"))) == "2026-03-13 09:00"


@pytest.mark.parametrize(
    "periods",
    [
        (), ((720, 510),), ((510, 510),), ((510, 720), (700, 1050)), ((510, 720), (720, 1050)),
        ((-1, 720),), ((510, 1441),),
    ],
)  # fmt: skip
def test_hours_that_are_none(periods: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="not in order, apart, and between"):
        OfficeHours(periods)


def test_a_date_is_closed_or_worked() -> None:
    day = frozenset({date(2026, 3, 12)})
    with pytest.raises(ValueError, match="both closed and worked: 2026-03-12"):
        OfficeHours(closed=day, worked=day)


@pytest.mark.parametrize("text", ["8:30", "08:30–12:00", "08:60-12:00", "morning", "08:30-12:00 "])
def test_a_period_is_two_times_of_a_day(text: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        OfficeHours.period(text)


# --- years ----------------------------------------------------------------------------------------------------------


def test_the_years_that_are_known() -> None:
    assert [year for year in range(1990, 2100) if CLOCK.known(year)] == list(range(2004, 2027))
    assert WorkClock(OfficeHours(years=frozenset({2027}))).known(2027)
    assert CLOCK.unknown(at("2025-06-01 00:00"), at("2026-12-31 23:59")) == ()
    assert CLOCK.unknown(at("2026-12-31 23:59"), at("2028-01-01 00:00")) == (2027, 2028)


def test_the_end_of_the_last_known_year_runs_into_mondays_to_fridays() -> None:
    assert told(CLOCK.add(at("2026-12-31 10:00"), Span.parse("2wd"))) == "2027-01-04 17:30"  # Fri 1, Mon 4
    assert told(CLOCK.add(at("2026-12-31 17:00"), Span.parse("1wh"))) == "2027-01-01 09:00"


def test_a_notice_may_change_the_days_before_its_year() -> None:
    """元旦 2019 (国办发明电〔2018〕15号, 2018-12-06): Mon 31 Dec off, Sat 29 worked in exchange."""
    assert told(CLOCK.add(at("2018-12-28 10:00"), Span.parse("2wd"))) == "2019-01-02 17:30"


@given(st.dates(date(1900, 1, 1), date(2299, 12, 31)))
def test_an_unknown_year_is_mondays_to_fridays(day: date) -> None:
    if not CLOCK.known(day.year):
        assert CLOCK.is_working_day(day) == (day.weekday() < 5)


@pytest.mark.parametrize("ms", [-(10**14), 10**14])
def test_an_instant_beyond_all_years_is_refused(ms: int) -> None:
    for ask in (CLOCK.is_working, lambda t: CLOCK.add(t, Span.parse("1wd")), lambda t: CLOCK.between(0, t)):
        with pytest.raises(ValueError, match="not in the years 1900 to 2300"):
            ask(ms)


# --- summer time ----------------------------------------------------------------------------------------------------


def test_summer_time_of_china() -> None:
    """1988: from Sunday 17 April 02:00 to Sunday 11 September 02:00 clocks were an hour ahead; outside office hours."""
    assert CLOCK.add(at("1988-04-15 17:00"), Span.parse("1wh")) == at("1988-04-18 09:00")
    assert CLOCK.add(at("1988-09-09 17:00"), Span.parse("1wh")) == at("1988-09-12 09:00")
    assert at("1988-04-18 09:00") - at("1988-04-15 17:00") == 63 * HOUR_MS
    assert CLOCK.between(at("1988-04-15 00:00"), at("1988-04-19 00:00")) == 15 * HOUR_MS


def test_office_hours_that_a_change_of_the_clock_cuts() -> None:
    """Berlin, Sunday 29 March 2026: 02:00 to 03:00 does not exist; 25 October 2026: it comes twice."""
    zone = ZoneInfo("Europe/Berlin")
    sundays = frozenset({date(2026, 3, 29), date(2026, 10, 25)})
    night = WorkClock(OfficeHours(((60, 135), (150, 180), (210, 270)), worked=sundays), zone)
    assert night.between(at("2026-03-29 00:00", zone), at("2026-03-30 00:00", zone)) == 120 * MINUTE_MS + 15 * MINUTE_MS
    assert night.between(at("2026-10-25 00:00", zone), at("2026-10-26 00:00", zone)) == (165 + 60) * MINUTE_MS
    assert night.add(at("2026-03-28 12:00", zone), Span.parse("1wd")) == at("2026-03-29 04:30", zone)


# --- what holds for any instant and span ----------------------------------------------------------------------------

INSTANTS = st.integers(at("2002-01-01 00:00"), at("2030-01-01 00:00"))
NEAR = st.integers(0, 90 * DAY_MS)
WORK = st.integers(1, 20_000).map(lambda hundredths: Span(hundredths / 100, Unit.working_hour))
DAYS = st.integers(1, 200).map(lambda days: Span(days, Unit.working_day))
SPANS = st.one_of(WORK, DAYS, st.builds(Span, st.integers(1, 2000), st.sampled_from(sorted(CLOCK_UNITS))))
HOURS = st.lists(st.integers(0, 1440), min_size=2, max_size=8, unique=True).map(
    lambda edges: OfficeHours(tuple(zip(*[iter(sorted(edges))] * 2, strict=False)))
)
ZONES = st.sampled_from([CITY_ZONE, ZoneInfo("Europe/Berlin"), ZoneInfo("America/St_Johns")])
CLOCKS = st.builds(WorkClock, HOURS, ZONES)


def local(clock: WorkClock, ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, clock.zone)


def plainly_between(clock: WorkClock, a: int, b: int) -> int:
    """Working ms from a to b, day by day and period by period."""
    day, total = local(clock, a).date(), 0
    while day <= local(clock, b).date():
        midnight = datetime.combine(day, time(), clock.zone)
        for period in clock.hours.periods if clock.is_working_day(day) else ():
            opens, closes = (round((midnight + timedelta(minutes=m)).timestamp() * 1000) for m in period)
            total += max(0, min(b, closes) - max(a, opens))
        day += timedelta(days=1)
    return total


def plainly_days_after(clock: WorkClock, ms: int, days: int) -> int:
    """The last closing of the n-th working day after the day of `ms`, one day after another."""
    day = local(clock, ms).date()
    while days:
        day += timedelta(days=1)
        days -= clock.is_working_day(day)
    closes = datetime.combine(day, time(), clock.zone) + timedelta(minutes=clock.hours.periods[-1][1])
    return round(closes.timestamp() * 1000)


@given(INSTANTS, NEAR)
def test_work_between_is_that_of_the_days(a: int, wait: int) -> None:
    assert CLOCK.between(a, a + wait) == plainly_between(CLOCK, a, a + wait)


@given(CLOCKS, INSTANTS, DAYS)
def test_working_days_are_counted_one_after_another(clock: WorkClock, start: int, span: Span) -> None:
    assert clock.add(start, span) == plainly_days_after(clock, start, span.size)


@given(INSTANTS, WORK)
def test_working_hours_added_are_found_between(start: int, span: Span) -> None:
    due = CLOCK.add(start, span)
    assert CLOCK.between(start, due) == CLOCK.left(start, due, span.unit) == span.size


@given(CLOCKS, INSTANTS, st.integers(1, 20).map(lambda n: Span(n / 2, Unit.working_hour)))
def test_so_they_are_with_any_hours_in_any_zone(clock: WorkClock, start: int, span: Span) -> None:
    assert clock.between(start, clock.add(start, span)) == span.size


@given(INSTANTS, NEAR, SPANS)
def test_who_starts_later_ends_no_earlier(start: int, later: int, span: Span) -> None:
    assert start < CLOCK.add(start, span) <= CLOCK.add(start + later, span)


@given(INSTANTS, WORK, WORK)
def test_more_hours_end_later(start: int, one: Span, other: Span) -> None:
    less, more = sorted((one, other), key=lambda span: span.size)
    assert (CLOCK.add(start, less) < CLOCK.add(start, more)) == (less != more)


@given(INSTANTS, DAYS, DAYS)
def test_more_days_end_later(start: int, one: Span, other: Span) -> None:
    less, more = sorted((one, other), key=lambda span: span.size)
    assert (CLOCK.add(start, less) < CLOCK.add(start, more)) == (less != more)


@given(INSTANTS, WORK)
def test_hours_end_while_the_offices_are_open_or_close(start: int, span: Span) -> None:
    due = CLOCK.add(start, span)
    assert CLOCK.is_working(due - 1)


@given(INSTANTS, DAYS)
def test_days_end_when_the_offices_close(start: int, span: Span) -> None:
    due = CLOCK.add(start, span)
    assert CLOCK.is_working(due - 1)
    assert not CLOCK.is_working(due)
    assert local(CLOCK, due).time() == time(17, 30)
    assert CLOCK.is_working_day(local(CLOCK, due).date())


@given(INSTANTS, INSTANTS, INSTANTS)
def test_work_between_adds_up(a: int, b: int, c: int) -> None:
    assert CLOCK.between(a, b) + CLOCK.between(b, c) == CLOCK.between(a, c)
    assert CLOCK.between(a, b) == -CLOCK.between(b, a)


@given(INSTANTS)
def test_the_offices_are_open_when_work_passes(ms: int) -> None:
    assert CLOCK.is_working(ms) == (CLOCK.between(ms, ms + 1) == 1)


@given(INSTANTS, SPANS, st.floats(0, 1), NEAR)
def test_a_pause_keeps_what_is_left(start: int, span: Span, share: float, wait: int) -> None:
    due = CLOCK.add(start, span)
    paused = start + int((due - start) * share)
    moved = CLOCK.moved(due, span.unit, paused, paused + wait)
    assert CLOCK.left(paused + wait, moved, span.unit) == CLOCK.left(paused, due, span.unit)
    assert moved >= max(due, paused + wait)
    if span.unit in CLOCK_UNITS:
        assert moved == due + wait


@given(INSTANTS, INSTANTS, st.sampled_from(Unit), NEAR, NEAR)
def test_a_pause_never_brings_a_limit_nearer(due: int, paused: int, unit: Unit, wait: int, longer: int) -> None:
    moved = CLOCK.moved(due, unit, paused, paused + wait)
    assert due <= moved <= CLOCK.moved(due, unit, paused, paused + wait + longer)
    assert paused <= due or moved == due


@given(INSTANTS, SPANS, st.floats(0, 1), NEAR, NEAR)
def test_two_pauses_on_end_are_one(start: int, span: Span, share: float, wait: int, longer: int) -> None:
    due = CLOCK.add(start, span)
    paused = start + int((due - start) * share)
    between = CLOCK.moved(due, span.unit, paused, paused + wait)
    twice = CLOCK.moved(between, span.unit, paused + wait, paused + wait + longer)
    assert CLOCK.left(paused + wait + longer, twice, span.unit) == CLOCK.left(paused, due, span.unit)


@settings(max_examples=6)  # each makes the tables of many years
@given(st.lists(st.tuples(INSTANTS, SPANS), min_size=2, max_size=5))
def test_answers_do_not_depend_on_what_was_asked_before(asked: list[tuple[int, Span]]) -> None:
    clock = WorkClock()
    there = [(clock.add(start, span), clock.between(start, start + DAY_MS)) for start, span in asked]
    assert there == [(CLOCK.add(start, span), CLOCK.between(start, start + DAY_MS)) for start, span in asked]
