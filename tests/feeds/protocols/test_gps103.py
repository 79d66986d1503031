"""GPS103: the reference sentences, what they say, streams cut anywhere, rubbish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.device import DeviceFix, DeviceSaid, Sighting
from feeds.protocols.gps103 import MAX_SENTENCE, Sentence, Splitter, decode

FIX = "imei:863070010423167,tracker,1211060621,,F,062152.000,A,2220.6914,N,11407.5506,E,15.85,347.84,"
HELP = "imei:359586015829802,help me,0809231429,13554900601,F,062947.294,A,2234.4026,N,11354.3277,E,0.00,"
SENTENCES = ["##,imei:359586015829802,A;", "359586015829802;", FIX + ";", HELP + ";"]


def verdict(text: str) -> str:
    """What the reference calls it: a position, attributes, or nothing."""
    try:
        said = decode(text.encode()).sightings
    except Malformed:
        return "nothing"
    return "nothing" if not said else "position" if isinstance(said[0], DeviceFix) else "attributes"


def one(text: str) -> Sighting:
    """What a report says."""
    (said,) = decode(text.encode()).sightings
    return said


def fix(text: str) -> DeviceFix:
    """The place in a report."""
    said = one(text)
    assert isinstance(said, DeviceFix)
    return said


def test_the_reference_list(real_data: Path) -> None:
    """`verifyAttribute(s)` looks at attributes only: a place is there where the sentence has one."""
    lines = (real_data / "protocols" / "gps103_sentences.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    for case in cases:
        found = verdict(case["text"])
        if case["expect"] == "verifyPosition":
            assert found == "position", case
        elif case["expect"] == "verifyNull":
            assert found == "nothing", case
        else:
            assert found == ("position" if ",A," in case["text"] else "attributes"), case
    assert len(cases) == 54


def test_a_report() -> None:
    assert fix(FIX + ";") == DeviceFix(
        "863070010423167", 1_352_182_912_000, 22 + 20.6914 / 60, 114 + 7.5506 / 60, None, 15.85 * 1852 / 3600, 347.84
    )


@pytest.mark.parametrize(
    ("local", "utc", "moment"),
    [
        ("160629022948", "182949.000", 1_467_138_589_000),  # eight hours behind is the day before
        ("0809231929", "055403.000", 1_222_235_643_000),  # more than half a day off: the day after
        ("151030080103", "000101.000", 1_446_163_261_000),
        ("13/02/27 23:40", "125952.000", 1_361_969_992_000),
        ("150420050648", "0.0", 1_429_477_608_000),  # no UTC: the device's own clock, in the city's zone
    ],
)
def test_the_date_is_the_devices_and_the_time_is_utc(local: str, utc: str, moment: int) -> None:
    assert fix(f"imei:1,tracker,{local},,F,{utc},A,2220.6914,N,11407.5506,E,0.00,;").fix_ms == moment


def test_a_devices_zone_may_be_another() -> None:
    (said,) = decode(b"imei:1,tracker,150420050648,,F,0.0,A,2220.6914,N,11407.5506,E,0,;", offset_min=0).sightings
    assert isinstance(said, DeviceFix)
    assert said.fix_ms == 1_429_506_408_000


@pytest.mark.parametrize("place", ["2227.0739,S,06855.2912,W", "S,2227.0739,W,06855.2912"])
def test_south_and_west_before_or_behind_the_number(place: str) -> None:
    said = fix(f"imei:1,tracker,1301072224,,F,142411.077,A,{place},0,0,;")
    assert (said.lat, said.lon) == pytest.approx((-22.451232, -68.921520), abs=1e-6)


def test_without_letters_it_is_north_and_east() -> None:
    assert fix("imei:1,tracker,1301072224,,F,142411.077,A,2227.0739,N,06855.2912,,0,0,").lon > 0


def test_without_a_fix_the_place_is_the_last_one() -> None:
    assert not fix(FIX.replace(",A,", ",V,")).located


def test_a_call_for_help_is_answered() -> None:
    said = decode(HELP.encode())
    assert said.reply == b"**,imei:359586015829802,E;"
    assert said.sightings[0].sos


@pytest.mark.parametrize(
    "rest",
    [
        ",,,L,,,113b,,558f,,,,,0,0,,,",
        "",
        ",0809231429,,F,062947,A,,,,,",
        ",000000,,F,062947,A,2234.4026,N,11354.3277,E,",
        ",7001010000,,F,062947,A,2234.4026,N,11354.3277,E,",
    ],
)
def test_a_call_for_help_counts_without_a_place(rest: str) -> None:
    said = one(f"imei:359710049075097,help me{rest}")
    assert isinstance(said, DeviceSaid)
    assert said.sos


def test_the_cell_where_there_is_no_fix() -> None:
    assert one("imei:864895030279986,ac alarm,180404174252,,L,,,296a,,51f7,,,") == DeviceSaid(
        "864895030279986", "ac alarm", 1_522_834_972_000, values={"event": "ac alarm", "lac": "296a", "cid": "51f7"}
    )


def test_a_battery_where_others_write_a_phone_number() -> None:
    assert fix("imei:8,,241214083746,97%,F,123746.000,A,1012.63368,N,06757.59559,W,0.00,340.61;").battery == 97


def test_a_cars_diagnosis() -> None:
    said = one("imei:868683027758113,OBD,180905200218,,,,0,0,0.39%,70,9.41%,494,0.00,P0137,P0430,,;")
    assert isinstance(said, DeviceSaid)
    assert said.kind == "obd"
    assert said.values["codes"] == "P0137 P0430"
    assert said.values["rpm"] == "494"


def test_a_diagnosis_without_a_voltage_is_none() -> None:
    with pytest.raises(Malformed) as refused:
        decode(b"imei:865328021049167,OBD,141118115036,,,0.0,,000,0.0%,+,0.0%,00000,,,,,")
    assert refused.value.field == "volts"


def test_the_long_form_is_in_utc_and_kilometres() -> None:
    said = fix("imei:8,Equipo 1,---,------,----,214734,241018,26,1,-33.42317,-70.61930,072,229,0674,1.00,08,0,1,---,*")
    assert said == DeviceFix("8", 1_540_417_654_000, -33.42317, -70.6193, None, 20.0, 229, values={"satellites": "08"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("##,imei:359586015829802,A;", Sentence("359586015829802", "login", reply=b"LOAD")),
        ("imei:123451234512345,L,*", Sentence("123451234512345", "login", reply=b"LOAD")),
        ("359586015829802;", Sentence("359586015829802", "heartbeat", reply=b"ON")),
        ("imei:359586015829802;", Sentence("359586015829802", "heartbeat", reply=b"ON")),
        ("imei:864180034124375,vr,0c00fa;", Sentence("864180034124375", "photo")),
    ],
)
def test_what_keeps_a_connection_says_nothing(text: str, said: Sentence) -> None:
    assert decode(text.encode()) == said


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "sentence"), ("GET / HTTP/1.1", "sentence"), ("imei:1,tracker,,", "sentence"),
        (FIX.replace("2220.6914", "9920.6914"), "lat"), (FIX.replace("11407.5506", "11467.5506"), "lon"),
        (FIX.replace("15.85", "fast"), "speed"), (FIX.replace(",A,", ",X,"), "sentence"),
        ("imei:8,a,b,c,d,214734,241018,26,1,north,-70.61930,067,229,0674,1.00,08,*", "lat"),
        ("imei:8,a,b,*", "sentence"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(text: str, field: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode(text.encode())
    assert refused.value.field == field


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_stream_cut_anywhere(size: int) -> None:
    stream, splitter = "\r\n".join(SENTENCES).encode(), Splitter()
    pieces = [text for at in range(0, len(stream), size) for text in splitter.feed(stream[at : at + size])]
    found = [text.decode().rstrip(";") for text in pieces]
    assert [text for text in found if text] == [text.rstrip(";") for text in SENTENCES]


def test_sentences_that_nothing_ends() -> None:
    splitter, fix, login = Splitter(), FIX.encode(), SENTENCES[0][:-1].encode()
    assert splitter.feed(fix + fix + login) == [fix, fix]
    assert splitter.rest() == [login]
    assert splitter.rest() == []
    assert splitter.feed(b"359769031878322") == [b"359769031878322"]  # the device waits for its answer
    assert splitter.feed(fix) == []
    assert splitter.rest() == [fix]


def test_a_heartbeat_glued_to_a_report_is_answered() -> None:
    fix = FIX.encode()
    assert decode(b"863070010423167" + fix) == Sentence("863070010423167", "report", decode(fix).sightings, b"ON")


def test_a_splitter_gives_up_what_never_ends_and_recovers() -> None:
    splitter = Splitter()
    found = [text for _ in range(40) for text in splitter.feed(b"x" * 1000)]
    assert [len(text) for text in found] == [MAX_SENTENCE]
    assert splitter.feed(b"xx;" + FIX.encode() + b";") == [FIX.encode()]


PARTS = st.sampled_from(
    ["imei:", "863070010423167", "##", ",", "help me", "OBD", "F", "L", "A", "N", "2220.6914", "vr", "*", "%", ";", "-"]
)


@given(st.lists(PARTS, max_size=40).map("".join) | st.text(max_size=100))
def test_any_text_says_something_or_is_refused(text: str) -> None:
    for sentence in (text, "imei:1," + text, "imei:1,tracker,1211060621,,F,062152," + text):
        try:
            decode(sentence.encode())
        except Malformed as fault:
            assert fault.field


@given(st.lists(st.binary(max_size=50) | st.sampled_from([text.encode() for text in SENTENCES]), max_size=20))
def test_any_bytes_leave_a_splitter_working(chunks: list[bytes]) -> None:
    splitter = Splitter()
    for chunk in chunks:
        splitter.feed(chunk)
    assert splitter.feed(b"\n" + FIX.encode() + b";")[-1] == FIX.encode()
