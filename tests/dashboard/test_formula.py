"""Formulas: what they mean in both forms, what is missing, and what is refused with the place of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.formula import FormulaError, Type, parse
from dashboard.scan import Scan

FACTS: dict[str, Type] = {"a": "number", "b": "number", "f": "flag", "g": "flag", "place": "text"}
SCAN = Scan()
NAN = float("nan")


def columns(rows: list[tuple[int | None, int | None, bool, bool]]) -> dict[str, Any]:
    """The facts of some rows."""
    a, b, f, g = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {"a": np.array(a, float), "b": np.array(b, float), "f": np.array(f, bool), "g": np.array(g, bool)}


def both(text: str, table: dict[str, Any], start: int = 3, end: int = 7) -> tuple[list[Any], list[Any]]:
    """What a formula says of every row: over columns, and as SQL. None: missing."""
    formula = parse(text, FACTS)
    numbers = ", ".join(f"CASE WHEN isnan({n}) THEN NULL ELSE {n}::BIGINT END AS {n}" for n in ("a", "b"))
    query = f"SELECT {formula.sql} AS said, $start, $end FROM (SELECT {numbers}, f, g, row FROM t) ORDER BY row"
    here = {**table, "row": np.arange(len(table["a"]))}
    with SCAN.turn() as cursor:
        cursor._database.register("t", here)
        found = cursor._database.execute(query, {"start": start, "end": end}).fetchall()
    said = formula.over(table, start, end).tolist()
    return [None if value != value else value for value in said], [row[0] for row in found]


ROWS = st.lists(
    st.tuples(st.none() | st.integers(0, 10), st.none() | st.integers(0, 10), st.booleans(), st.booleans()), max_size=12
)
NUMBERS = st.recursive(
    st.sampled_from(["a", "b", "start", "end", "2", "0.5", "minute"]),
    lambda more: st.one_of(
        st.builds("({} {} {})".format, more, st.sampled_from(["+", "-", "*"]), more),
        st.builds("{}({}, {})".format, st.sampled_from(["min", "max"]), more, more),
        st.builds("-{}".format, more),
    ),
    max_leaves=4,
)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
FLAGS = st.recursive(
    st.one_of(
        st.sampled_from(["f", "g"]),
        st.builds("{} {} {} {} {}".format, NUMBERS, SIGNS, NUMBERS, SIGNS, NUMBERS),
        st.builds("{} {} {}".format, NUMBERS, SIGNS, NUMBERS),
        st.builds("{} is None".format, NUMBERS),
        st.builds("{} is not None".format, NUMBERS),
    ),
    lambda more: st.one_of(
        st.builds("({} {} {})".format, more, st.sampled_from(["and", "or"]), more),
        st.builds("(not {})".format, more),
    ),
    max_leaves=4,
)


@given(FLAGS | NUMBERS, ROWS)
@example("(not a != b)", [(None, None, False, False), (1, 1, False, False), (1, 2, False, False)])
@example("not 1 < 2", [(1, 1, True, True)])
def test_columns_and_sql_say_the_same(text: str, rows: list[Any]) -> None:
    here, there = both(text, columns(rows))
    assert here == there


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a < b", [True, False, False, False]),
        ("a != b", [True, False, False, False]),
        ("not a < b", [False, True, True, True]),
        ("a + b", [4, NAN, NAN, NAN]),
        ("min(a, b)", [1, 2, 5, NAN]),
        ("max(a, b, 4)", [4, 4, 5, 4]),
        ("a is None and b is None", [False, False, False, True]),
        ("a is not None or b is not None", [True, True, True, False]),
        ("start < b <= end", [False, False, True, False]),
        ("start <= b < end", [True, False, True, False]),
        ("-a * 2 - 1", [-3, -5, NAN, NAN]),
        ("end - start == 4", [True] * 4),
        ("hour == 60 * minute and day == 24 * hour and minute == 60 * second", [True] * 4),
    ],
)
def test_what_is_missing_is_in_no_comparison_and_no_sum(text: str, said: list[Any]) -> None:
    table = columns([(1, 3, True, False), (2, None, True, False), (None, 5, False, False), (None, None, False, False)])
    here, there = both(text, table)
    assert here == there == [None if value != value else value for value in said]


def test_instants_are_exact() -> None:
    now = 1_773_297_128_001
    table = columns([(now, now + 1, True, True)])
    assert both("a < b and b - a == 1 and min(a, b) == start", table, start=now) == ([True], [True])


def test_lines_are_one_formula_and_no_rows_are_answered_too() -> None:
    formula = parse("a <\n    b", FACTS)
    assert (formula.text, formula.type) == ("a < b", "flag")
    assert formula.over(columns([]), 0, 1).tolist() == []


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("a < bb", 5, "bb is no fact; did you mean b?"),
        ("a < quantity", 5, "quantity is no fact"),
        ("strat < a", 1, "strat is no fact; did you mean start?"),
        ("a =< b", 3, "cannot be read"),
        ("a <", 4, "cannot be read"),
        ("", 1, "cannot be read"),
        ("(" * 300, 201, "cannot be read"),
        ("a\0", 3, "cannot be read"),
        ("not " * 3000 + "f", 1, "cannot be read"),
        ("not " * 700 + "f", 1, "cannot be read"),
        ("a and f", 1, "a is a number where yes or no is needed"),
        ("not a", 5, "a is a number where yes or no is needed"),
        ("a + f", 5, "f is yes or no where a number is needed"),
        ("f == g", 1, "f is yes or no where a number is needed"),
        ("f is None", 1, "f is yes or no where a number is needed"),
        ("(a < b) < 3", 2, "a < b is yes or no"),
        ("place < 3", 1, "place is a text to group by where a number is needed"),
        ("a is b", 6, "b stands after `is`, where only None may"),
        ("a == None", 6, "None is no number a formula can have"),
        ("a < True", 5, "True is no number a formula can have"),
        ("a < 1e999", 5, "is no number a formula can have"),
        ("a < 2j", 5, "2j is no number a formula can have"),
        ("a < '甲'", 5, "'甲' is no number a formula can have"),
        ("'甲乙' < aa", 1, "'甲乙' is no number"),
        ("a in b", 1, "a is compared by what is not in the language"),
        ("a / b < 1", 1, "a / b is not in the language"),
        ("a ** b < 1", 1, "is not in the language"),
        ("+a < 1", 1, "is not in the language"),
        ("min(a) < 1", 1, "min(a) needs two numbers or more"),
        ("min(a, default=b)", 1, "is not in the language"),
        ("min(*a)", 5, "is not in the language"),
        ("abs(a)", 1, "abs(a) is not in the language"),
        ("a.__class__", 1, "a.__class__ is not in the language"),
        ("__import__('os')", 1, "is not in the language"),
        ("[a for a in b]", 1, "is not in the language"),
        ("f if a < b else g", 1, "is not in the language"),
        ("(lambda: f)()", 1, "is not in the language"),
        ("(a := 3) < 4", 2, "is not in the language"),
    ],
)
def test_anything_else_is_refused_with_its_place(text: str, column: int, why: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text, FACTS)
    assert caught.value.column == column
    assert why in caught.value.why
    assert str(caught.value) == f"{text!r}, column {column}: {caught.value.why}"


def test_places_count_characters() -> None:
    with pytest.raises(FormulaError, match=r"column 14: 丙 is no fact"):
        parse("a is None or 丙", FACTS)
    with pytest.raises(FormulaError, match=r"column 6: 丁 is no fact"):
        parse("甲 or 丁", {"甲": "flag"})


@pytest.mark.parametrize(("text", "instant"), [
    ("start < a <= end", '"a"::DOUBLE'),
    ("f and (b > 2 and start < min(a, b) <= end)", 'least("a"::DOUBLE, "b"::DOUBLE)'),
    ("start < a", ""), ("f or start < a <= end", ""), ("not start < a <= end", ""), ("start <= a <= end", ""),
    ("start < a < end", ""), ("start < a + start <= end", ""),
])  # fmt: skip
def test_which_one_number_must_lie_in_the_window(text: str, instant: str) -> None:
    assert parse(text, FACTS).instant == instant
