"""CAP 1.2 alerts: the reference files, agreement with the standard's schema, languages, and anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dashboard.codec import Malformed
from feeds.protocols import cap
from feeds.protocols.cap import Alert, Reference, decode

SENT = "2026-07-01T08:00:00+08:00"
AT = 1_782_864_000_000


def info(language: str = "zh-CN", event: str = "暴雨", area: str = "", more: str = "") -> str:
    """An info block."""
    return (
        f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
        f"<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>{more}{area}</info>"
    )


def alert(body: str = "", status: str = "Actual", kind: str = "Alert", head: str = "") -> bytes:
    """An alert."""
    return (
        f'<alert xmlns="{cap.NAMESPACE}"><identifier>A1</identifier><sender>cma.gov.cn</sender><sent>{SENT}</sent>'
        f"<status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{head}{body}</alert>"
    ).encode()


def area(shape: str) -> str:
    """An area."""
    return f"<area><areaDesc>常州</areaDesc>{shape}</area>"


def valid(raw: bytes) -> bool:
    """Whether the codec takes it."""
    try:
        decode(raw)
    except Malformed:
        return False
    return True


@pytest.fixture(scope="session")
def folder(real_data: Path) -> Path:
    """The reference files."""
    return real_data / "protocols" / "cap"


@pytest.fixture(scope="session")
def schema(folder: Path) -> etree.XMLSchema:
    """The standard's schema."""
    return etree.XMLSchema(etree.parse(folder / "cap12.xsd"))


def test_the_reference_files_are_judged_as_the_schema_does(folder: Path, schema: etree.XMLSchema) -> None:
    verdicts = {path.name: valid(path.read_bytes()) for path in sorted(folder.glob("*.cap"))}
    assert verdicts == {path.name: schema.validate(etree.parse(path)) for path in sorted(folder.glob("*.cap"))}
    assert sum(verdicts.values()) == 4 and not verdicts["invalid.cap"]


def test_an_alert_with_an_outline(folder: Path) -> None:
    storm = decode((folder / "thunderstorm.cap").read_bytes())
    assert (storm.identifier, storm.sender, storm.sent_ms) == ("KSTO1055887203", "KSTO@NWS.NOAA.GOV", 1_055_887_020_000)
    [said] = storm.infos
    assert (said.event, said.urgency, said.severity, said.responses) == (
        "SEVERE THUNDERSTORM", "Immediate", "Severe", ("Shelter",),
    )  # fmt: skip
    [where] = said.areas
    assert where.polygons[0][0] == where.polygons[0][-1] == (38.47, -120.14) and len(where.polygons[0]) == 5
    assert where.geocodes == (("SAME", "006109"), ("SAME", "006009"), ("SAME", "006003"))


def test_an_alert_with_a_circle_and_prefixes(folder: Path) -> None:
    fire = decode((folder / "australia.cap").read_bytes())
    assert fire.infos[0].areas[0].circles == (((-35.3888, 147.0598), 25.0),)
    assert "Out of Control" in fire.infos[0].description


def test_text_in_another_encoding(folder: Path) -> None:
    quake = decode((folder / "earthquake-iso8859-1.cap").read_bytes())
    assert "Usulután" in quake.infos[0].headline and quake.infos[0].areas[0].circles[0][1] == 0


def test_an_alert_without_an_outline_says_where_in_words(folder: Path) -> None:
    [said] = decode((folder / "43b080713727.cap").read_bytes()).infos
    assert said.areas[0].description.startswith("U.S. nationwide") and not said.areas[0].polygons


REQUIRED = [
    "identifier", "sender", "sent", "status", "msgType", "scope", "category", "event", "urgency", "severity",
    "certainty", "areaDesc",
]  # fmt: skip
CLOSED = ["sent", "status", "msgType", "scope", "category", "urgency", "severity", "certainty", "expires"]


@pytest.mark.parametrize("name", ["thunderstorm.cap", "earthquake-iso8859-1.cap", "australia.cap"])
@pytest.mark.parametrize(("tag", "change"), [(t, "drop") for t in REQUIRED] + [(t, "Bogus") for t in CLOSED])
def test_it_refuses_what_the_schema_refuses(
    folder: Path, schema: etree.XMLSchema, name: str, tag: str, change: str
) -> None:
    tree = etree.parse(folder / name)
    for element in tree.findall(f".//{{{cap.NAMESPACE}}}{tag}"):
        if change == "drop":
            element.getparent().remove(element)
        else:
            element.text = change
    assert not schema.validate(tree)
    with pytest.raises(Malformed) as said:
        decode(etree.tostring(tree))
    assert said.value.field == tag


def test_chinese_is_read_first_then_english_then_what_there_is() -> None:
    both = decode(alert(info("en-US", "Rain") + info("zh-CN", "暴雨") + info("zh-CN", "大风")))
    assert [said.event for said in both.said()] == ["暴雨", "大风"]
    assert [said.event for said in decode(alert(info("fr", "Pluie") + info("en", "Rain"))).said()] == ["Rain"]
    assert [said.event for said in decode(alert(info("fr", "Pluie"))).said()] == ["Pluie"]
    assert decode(alert()).said() == ()


def test_an_update_names_what_it_replaces() -> None:
    head = f"<references>cma.gov.cn,A0,{SENT} other,B-7,{SENT}</references>"
    update = decode(alert(info(), kind="Update", head=head))
    assert update.references == (Reference("cma.gov.cn", "A0", AT), Reference("other", "B-7", AT))
    with pytest.raises(Malformed, match="not sender,identifier,sent"):
        decode(alert(kind="Cancel", head="<references>A0</references>"))


def test_an_outline_left_open_is_closed() -> None:
    said = decode(alert(info(area=area("<polygon>31.7,119.9 31.8,119.9 31.8,120.0</polygon>"))))
    assert said.infos[0].areas[0].polygons == (((31.7, 119.9), (31.8, 119.9), (31.8, 120.0), (31.7, 119.9)),)


@pytest.mark.parametrize(
    "shape",
    [
        "<polygon>31.7,119.9 31.8,119.9</polygon>", "<polygon/>", "<polygon>a,b c,d e,f</polygon>",
        "<polygon>119.9,31.7 119.9,31.8 120.0,31.8</polygon>", "<polygon>31.7,nan 31.8,1 31.8,2</polygon>",
        "<polygon>1 2 3 4</polygon>", "<circle>31.7,119.9</circle>", "<circle>31.7,119.9 -1</circle>",
        "<circle>31.7,119.9 inf</circle>", "<circle>31.7,119.9 1,2</circle>", "<circle>91,0 1</circle>",
        f"<polygon>{'1,1 ' * (cap.MAX_PLACES + 1)}</polygon>", "<circle>1,1 1</circle>" * (cap.MAX_SHAPES + 1),
    ],
)  # fmt: skip
def test_a_shape_that_is_none_is_refused(shape: str) -> None:
    with pytest.raises(Malformed) as said:
        decode(alert(info(area=area(shape))))
    assert said.value.field in ("polygon", "circle", "area")


@pytest.mark.parametrize("name", ["identifier", "sender"])
@pytest.mark.parametrize("value", ["", "a b", "a,b", "a&lt;b"])
def test_an_identifier_that_would_break_references_apart_is_refused(name: str, value: str) -> None:
    old = b"<identifier>A1<" if name == "identifier" else b"<sender>cma.gov.cn<"
    with pytest.raises(Malformed, match=name):
        decode(alert().replace(old, f"<{name}>{value}<".encode()))


def test_another_kind_of_document_is_refused() -> None:
    with pytest.raises(Malformed, match="not an alert"):
        decode(b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>')


@given(st.integers(0, 700), st.binary(max_size=3), st.integers(0, 40))
def test_a_damaged_alert_is_an_alert_or_malformed(at: int, put: bytes, cut: int) -> None:
    raw = alert(info(area=area("<polygon>31.7,119.9 31.8,119.9 31.8,120.0</polygon><circle>1,2 3</circle>")))
    try:
        assert isinstance(decode(raw[:at] + put + raw[at + cut :]), Alert)
    except Malformed as fault:
        assert fault.field
