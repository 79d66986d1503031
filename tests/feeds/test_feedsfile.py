"""feeds.yaml: every kind is read, and a bad entry stops itself alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds import feedsfile
from feeds.feedsfile import KINDS, Http, Jt808

EXAMPLE = Path(feedsfile.__file__).with_name("feeds.example.yaml")


def written(folder: Path, text: str) -> feedsfile.FeedsFile:
    path = folder / "feeds.yaml"
    path.write_text(text, encoding="utf-8")
    return feedsfile.read(path)


def test_the_example_has_every_kind_and_no_fault() -> None:
    found = feedsfile.read(EXAMPLE)
    assert found.faults == []
    assert {source.__struct_config__.tag for source in found.sources} == set(KINDS)


def test_a_file_that_is_not_there_declares_nothing(tmp_path: Path) -> None:
    assert feedsfile.read(tmp_path / "none.yaml")[1:3] == ([], [])


@pytest.mark.parametrize("text", ["feeds: {", "- a", "feeds: 3", "\x00"])
def test_what_is_no_list_of_feeds_is_one_fault(tmp_path: Path, text: str) -> None:
    found = written(tmp_path, text)
    assert found.sources == [] and len(found.faults) == 1


def test_one_bad_entry_stops_itself_alone(tmp_path: Path) -> None:
    found = written(tmp_path, """
feeds:
  - {name: phones, kind: jt808, listen: "127.0.0.1:8808", crs: wgs84, roster: roster.csv}
  - {name: blind, kind: jt808, listen: "127.0.0.1:8809", roster: roster.csv}
  - {name: odd, kind: pigeon}
  - {name: hall, kind: http, crs: gcj02, token: secret}
  - {name: phones, kind: jt808, listen: "127.0.0.1:8810", crs: wgs84, roster: roster.csv}
  - 7
""")  # fmt: skip
    assert [type(source) for source in found.sources] == [Jt808]
    assert [(fault.name, fault.field) for fault in found.faults] == [
        ("blind", "crs"), ("odd", "kind"), ("hall", "token"), ("phones", "name"), ("?5", ""),
    ]  # fmt: skip
    assert "not guessed" in found.faults[0].reason


def test_a_word_that_no_entry_has_is_named(tmp_path: Path) -> None:
    token = "sha256:" + "0" * 64
    found = written(tmp_path, f"feeds: [{{name: a, kind: http, crs: wgs84, token: '{token}', colour: red}}]")
    assert "colour" in found.faults[0].reason


def test_what_is_switched_off_is_kept_but_not_run(tmp_path: Path) -> None:
    token = "sha256:" + "0" * 64
    found = written(tmp_path, f"feeds: [{{name: a, kind: http, crs: wgs84, token: '{token}', enabled: false}}]")
    assert len(found.sources) == 1 and found.of(Http) == []


def test_a_changed_file_has_another_version(tmp_path: Path) -> None:
    assert feedsfile.version_of(tmp_path / "none") == (0, 0)
    first = written(tmp_path, "feeds: []")
    second = written(tmp_path, "feeds:  []")
    assert first.version != second.version == feedsfile.version_of(tmp_path / "feeds.yaml")


def test_a_slip_in_the_file_ends_nobodys_feed(tmp_path: Path) -> None:
    token = "sha256:" + "0" * 64
    good = written(tmp_path, f"feeds: [{{name: a, kind: http, crs: wgs84, token: '{token}'}}, {{name: odd, kind: x}}]")
    path = tmp_path / "feeds.yaml"
    for text in ("feeds: [", "feeds: ["):  # again and again
        path.write_text(text)
        slip = feedsfile.reread(path, good)
        assert slip.sources == good.sources and slip.version == feedsfile.version_of(path)
        assert [fault.name for fault in slip.faults] == ["odd", "?"]
        good = slip
    path.write_text("feeds: []")
    assert feedsfile.reread(path, slip)[1:3] == ([], [])
