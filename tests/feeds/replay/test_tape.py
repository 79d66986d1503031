"""Reading files: what is dirty costs its own row and nothing else."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from feeds.replay.tape import MAX_LINES_PER_ROW, BadRow, Row, TapeError, is_ndjson, read


def rows(folder: Path, content: bytes, *, ndjson: bool = False, encoding: str = "utf-8-sig") -> list[Row | BadRow]:
    file = folder / "tape.csv"
    file.write_bytes(content)
    return list(read(file, ["a", "b"], ndjson=ndjson, encoding=encoding))


def test_values_come_in_the_order_asked_for(tmp_path: Path) -> None:
    assert rows(tmp_path, b"b,x,a\n2,,1\n") == [Row(2, b"2,,1\n", ["1", "2"])]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    assert rows(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n") == [Row(2, b"1,2\n", ["1", "2"])]


def test_line_numbers_count_the_lines_inside_quotes(tmp_path: Path) -> None:
    found = rows(tmp_path, b'a,b\n"one\ntwo",2\n\n3,4\n')
    assert found == [Row(2, b'"one\ntwo",2\n', ["one\ntwo", "2"]), Row(5, b"3,4\n", ["3", "4"])]


def test_a_row_of_another_width_is_refused(tmp_path: Path) -> None:
    bad, good = rows(tmp_path, b"a,b\n1,2,3\n4,5\n")
    assert bad == BadRow(2, b"1,2,3\n", "", "3", "has not the 2 columns of the header")
    assert good == Row(3, b"4,5\n", ["4", "5"])


@pytest.mark.parametrize("following", [3, MAX_LINES_PER_ROW + 50])
def test_an_unclosed_quote_costs_one_line(tmp_path: Path, following: int) -> None:
    bad, *good = rows(tmp_path, b'a,b\n"1,2\n' + b"3,4\n" * following)
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.raw) == (2, b'"1,2\n')
    assert "not CSV" in bad.reason
    assert [row.line for row in good] == list(range(3, following + 3))


def test_bytes_that_are_not_text_cost_one_line(tmp_path: Path) -> None:
    bad, good = rows(tmp_path, b"a,b\n\xff\xfe,2\n3,4\n")
    assert bad == BadRow(2, b"\xff\xfe,2\n", "", "ff fe 2c 32 0a", "is not in the mapping's encoding")
    assert isinstance(good, Row)


def test_gb18030(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, "a,b\n暴露垃圾,𠮷\n".encode("gb18030"), encoding="gb18030")
    assert isinstance(row, Row)
    assert row.values == ["暴露垃圾", "𠮷"]


def test_ndjson_writes_values_as_a_csv_would(tmp_path: Path) -> None:
    first, bad, last = rows(tmp_path, b'{"a": 1.5, "b": null}\n[1]\n\n{"b": "x"}\n', ndjson=True)
    assert first == Row(1, b'{"a": 1.5, "b": null}\n', ["1.5", ""])
    assert isinstance(bad, BadRow)
    assert "not a JSON object" in bad.reason
    assert last == Row(4, b'{"b": "x"}\n', ["", "x"])


def test_gzip_cut_short_gives_what_can_be_read(tmp_path: Path) -> None:
    lines = b"".join(b"%d,%d\n" % (n, n * 7919 % 1000) for n in range(20_000))
    file = tmp_path / "tape.csv.gz"
    file.write_bytes(gzip.compress(b"a,b\n" + lines)[:-3000])
    *good, bad = read(file, ["a", "b"], ndjson=False)
    assert len(good) > 1000
    assert isinstance(bad, BadRow)
    assert "damaged from here on" in bad.reason


def test_what_is_not_gzip_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "tape.csv.gz"
    file.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(TapeError, match="not a readable gzip"):
        list(read(file, ["a"], ndjson=False))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="no column b, which the mapping names; it has a, c"):
        rows(tmp_path, b"a,c\n1,2\n")


def test_an_absent_file_says_what_to_pass(tmp_path: Path) -> None:
    with pytest.raises(TapeError, match="pass a CSV or NDJSON export"):
        list(read(tmp_path / "none.csv", ["a"], ndjson=False))


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [("x.csv.gz", None, False), ("x.jsonl.gz", None, True), ("x.ndjson", "csv", False), ("x.txt", "ndjson", True)],
)
def test_format_is_as_declared_else_by_name(name: str, declared: str | None, expected: bool) -> None:
    assert is_ndjson(Path(name), declared) is expected
