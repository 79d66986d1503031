"""XML from strangers: encodings, and everything that is refused. XML for strangers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.codec import Malformed
from feeds.protocols.xmltext import MAX_BYTES, parse, render, text

BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "entity bomb": f'<!DOCTYPE z [<!ENTITY l0 "lol">{BOMB}]><z>&l9;</z>',
    "entity bomb in an attribute": f'<!DOCTYPE z [<!ENTITY l0 "lol">{BOMB}]><z a="&l9;"/>',
    "external entity": '<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><z>&x;</z>',
    "external parameter entity": '<!DOCTYPE z [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><z/>',
    "external document type": '<!DOCTYPE z SYSTEM "http://127.0.0.1:1/z.dtd"><z/>',
    "harmless document type": "<!DOCTYPE z><z/>",
    "unknown entity": "<z>&nbsp;</z>",
    "too deep": "<z>" * 5000 + "</z>" * 5000,
    "unknown encoding": '<?xml version="1.0" encoding="nope"?><z/>',
    "zero": "<z>\0</z>",
    "nothing": "",
    "json": "{}",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_not_safe_is_refused(case: str) -> None:
    with pytest.raises(Malformed) as said:
        parse(HOSTILE[case].encode())
    assert said.value.field == "xml"


def test_a_document_type_is_refused_in_any_encoding() -> None:
    with pytest.raises(Malformed, match="document type"):
        parse('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE z [<!ENTITY x "y">]><z>&x;</z>'.encode("utf-16"))


def test_what_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(Malformed, match="larger than"):
        parse(b"<z>" + b"x" * MAX_BYTES + b"</z>")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "GBK", "gb2312"])
def test_text_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    assert parse(f'<?xml version="1.0" encoding="{encoding}"?><z>常州</z>'.encode(encoding)).text == "常州"


def test_what_is_declared_as_gb2312_may_hold_more() -> None:
    assert parse('<?xml version="1.0" encoding="gb2312"?><z>洧川镕</z>'.encode("gbk")).text == "洧川镕"


def test_processing_instructions_and_comments_are_left_out() -> None:
    assert text(parse(b'<?xml-stylesheet href="x"?><z><a>1<!-- 2 -->3</a></z>'), "a") == "13"


@given(st.binary(max_size=200) | st.text(alphabet="<>/!&;abDOCTYPE[]\"'= ", max_size=80).map(str.encode))
def test_anything_is_an_element_or_malformed(raw: bytes) -> None:
    try:
        parse(raw)
    except Malformed as fault:
        assert fault.field == "xml"


def test_writing() -> None:
    rows = [{"key": "a<b", "none": None, "yes": True, "values": [{"key": 1}, {"key": 2}]}]
    assert render("rows", rows, "row") == (
        b"<?xml version='1.0' encoding='utf-8'?>\n<rows><row><key>a&lt;b</key><none/><yes>true</yes>"
        b"<values><value><key>1</key></value><value><key>2</key></value></values></row></rows>"
    )


@given(st.text())
def test_any_text_can_be_written_and_read(value: str) -> None:
    kept = parse(render("z", {"t": value}))
    assert len(text(kept, "t")) <= len(value)
