"""A small language for what a KPI counts: over the facts of an event, as numpy over columns and as SQL for DuckDB.

    due is not None and start < min(closed, due) <= end

It has the names of facts, `start` and `end` of the window, `second minute hour day` in milliseconds, numbers, `+ - *`,
`min` and `max`, comparisons (chained, too), `is None`, `is not None`, `and`, `or`, `not`; nothing else. A formula is a
`flag` (yes or no) or a `number`. What is missing means the same in both forms: arithmetic with it is missing, a
comparison with it is false, `min` and `max` leave it out. Both count in IEEE doubles, so that they agree to the bit.

It knows no event: which facts there are, and of which type, it is told. Python's parser reads the text; no Python runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import reduce
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Type = Literal["flag", "number", "text"]
"""`text` can be grouped by, and is in no formula."""
Values = NDArray[Any]
Env = Mapping[str, Any]
SPANS: Final = {"second": 1_000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
BOUNDS: Final = ("start", "end")
_SAID: Final = {"flag": "yes or no", "number": "a number", "text": "a text to group by"}
_COMPARED: Final[dict[type[ast.cmpop], tuple[Any, str]]] = {
    ast.Lt: (np.less, "<"), ast.LtE: (np.less_equal, "<="), ast.Gt: (np.greater, ">"),
    ast.GtE: (np.greater_equal, ">="), ast.Eq: (np.equal, "="), ast.NotEq: (np.not_equal, "<>"),
}  # fmt: skip
_COUNTED: Final[dict[type[ast.operator], tuple[Any, str]]] = {
    ast.Add: (np.add, "+"), ast.Sub: (np.subtract, "-"), ast.Mult: (np.multiply, "*"),
}  # fmt: skip
_CALLED: Final = {"min": (np.fmin, "least"), "max": (np.fmax, "greatest")}
"""Both forms leave out what is missing: `fmin` NaN, `least` NULL."""


class FormulaError(ValueError):
    """A formula that cannot be read; the message has the formula, the place in it (from 1) and what is wrong."""

    def __init__(self, text: str, column: int, why: str) -> None:
        super().__init__(f"{text!r}, column {column}: {why}")
        self.text, self.column, self.why = text, column, why


class _Part(NamedTuple):
    """A piece of a formula in both forms."""

    type: Type
    values: Callable[[Env], Any]
    sql: str


class Formula(NamedTuple):
    """A formula; `sql` is a boolean that is never NULL, or a double, and asks for `$start` and `$end`.

    `instant`: the SQL of the one number that must lie in the window, `start < … <= end`, where it says so of one.
    """

    text: str
    type: Type
    sql: str
    values: Callable[[Env], Any]
    instant: str = ""

    def over(self, columns: Mapping[str, Values], start_ms: int, end_ms: int) -> Values:
        """Its value for every row of `columns`; what is missing is NaN, in what is read and in what is returned."""
        rows = len(next(iter(columns.values())))
        found = self.values({**columns, "start": np.float64(start_ms), "end": np.float64(end_ms)})
        return np.broadcast_to(found, (rows,))


def parse(text: str, facts: Mapping[str, Type]) -> Formula:
    """Read a formula. Raises FormulaError."""
    text = " ".join(text.split())  # a formula of several lines has one count of columns
    try:
        reader, tree = _Reader(text, facts), ast.parse(text, mode="eval").body
        part, instant = reader.read(tree), reader.instant(tree)
    except FormulaError:
        raise
    except SyntaxError as fault:  # without a place it is about the end
        raise FormulaError(text, fault.offset or len(text) + 1, f"cannot be read ({fault.msg})") from None
    except (ValueError, RecursionError, MemoryError) as fault:
        raise FormulaError(text, 1, f"cannot be read ({fault})") from None
    return Formula(text, part.type, part.sql, part.values, instant)


class _Reader:
    """Makes parts of the nodes of one formula's tree; a node it does not know is refused."""

    def __init__(self, text: str, facts: Mapping[str, Type]) -> None:
        self._text, self._facts = text, facts

    def read(self, node: ast.expr) -> _Part:
        """One node and all below it."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Constant():
                return self._constant(node)
            case ast.BinOp(op=op) if type(op) in _COUNTED:
                return self._sum(node)
            case ast.UnaryOp(op=ast.USub()):
                return _negative(self._want("number", node.operand))
            case ast.UnaryOp(op=ast.Not()):
                return _opposite(self._want("flag", node.operand))
            case ast.BoolOp():
                return self._joined(node)
            case ast.Compare():
                return self._compared(node)
            case ast.Call(func=ast.Name(id="min" | "max"), keywords=[]):
                return self._called(node)
        raise self._wrong(node, "is not in the language: facts, start, end, numbers, + - *, min, max, comparisons, not")

    def instant(self, node: ast.expr) -> str:
        """Of a formula that has been read, what `Formula.instant` says."""
        match node:
            case ast.BoolOp(op=ast.And()):
                return next(filter(None, map(self.instant, node.values)), "")
            case ast.Compare(
                left=ast.Name("start"), ops=[ast.Lt(), ast.LtE()], comparators=[number, ast.Name("end")]
            ) if not any(isinstance(one, ast.Name) and one.id in BOUNDS for one in ast.walk(number)):
                return self.read(number).sql
        return ""

    def _want(self, wanted: Type, node: ast.expr) -> _Part:
        part = self.read(node)
        if part.type != wanted:
            raise self._wrong(node, f"is {_SAID[part.type]} where {_SAID[wanted]} is needed")
        return part

    def _wrong(self, node: ast.expr, why: str) -> FormulaError:
        before = self._text.encode()[: node.col_offset].decode()  # the parser counts bytes
        return FormulaError(self._text, len(before) + 1, f"{ast.unparse(node)} {why}")

    def _name(self, node: ast.Name) -> _Part:
        name = node.id
        if name in BOUNDS:
            return _Part("number", lambda env: env[name], f"${name}::DOUBLE")
        if name in SPANS:
            return _number(SPANS[name])
        if name not in self._facts:
            near = get_close_matches(name, [*self._facts, *BOUNDS, *SPANS], 1)
            raise self._wrong(node, f"is no fact{f'; did you mean {near[0]}?' if near else ''}")
        if self._facts[name] == "flag":
            return _Part("flag", lambda env: env[name], f'coalesce("{name}", false)')
        return _Part(self._facts[name], lambda env: env[name], f'"{name}"::DOUBLE')

    def _constant(self, node: ast.Constant) -> _Part:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float) or abs(node.value) >= 2**53:
            raise self._wrong(node, "is no number a formula can have")
        return _number(node.value)

    def _sum(self, node: ast.BinOp) -> _Part:
        (count, sign), (a, b) = _COUNTED[type(node.op)], (self._want("number", n) for n in (node.left, node.right))
        return _Part("number", lambda env: count(a.values(env), b.values(env)), f"({a.sql} {sign} {b.sql})")

    def _called(self, node: ast.Call) -> _Part:
        count, called = _CALLED[node.func.id]  # type: ignore[attr-defined]  # `read` has seen that it is a name
        parts = [self._want("number", arg) for arg in node.args]
        if len(parts) < 2:
            raise self._wrong(node, "needs two numbers or more")
        sql = f"{called}({', '.join(part.sql for part in parts)})"
        return _Part("number", lambda env: reduce(count, (part.values(env) for part in parts)), sql)

    def _joined(self, node: ast.BoolOp) -> _Part:
        return _joined([self._want("flag", value) for value in node.values], all_=isinstance(node.op, ast.And))

    def _compared(self, node: ast.Compare) -> _Part:
        sides = [node.left, *node.comparators]
        links = [self._link(*link) for link in zip(sides, node.ops, sides[1:], strict=False)]
        return links[0] if len(links) == 1 else _joined(links, all_=True)

    def _link(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> _Part:
        a = self._want("number", left)
        if isinstance(op, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                raise self._wrong(right, "stands after `is`, where only None may")
            gone = _Part("flag", lambda env: np.isnan(a.values(env)), f"({a.sql} IS NULL)")
            return gone if isinstance(op, ast.Is) else _opposite(gone)
        if type(op) not in _COMPARED:
            raise self._wrong(left, "is compared by what is not in the language: < <= > >= == != is")
        return _compared(a, self._want("number", right), *_COMPARED[type(op)])


def _number(value: float) -> _Part:
    exact = np.float64(value)
    return _Part("number", lambda env: exact, f"{float(value)!r}::DOUBLE")


def _negative(part: _Part) -> _Part:
    return _Part("number", lambda env: np.negative(part.values(env)), f"(-({part.sql}))")


def _opposite(part: _Part) -> _Part:
    return _Part("flag", lambda env: np.logical_not(part.values(env)), f"(NOT {part.sql})")


def _joined(parts: list[_Part], *, all_: bool) -> _Part:
    join, word = (np.logical_and, " AND ") if all_ else (np.logical_or, " OR ")
    sql = f"({word.join(part.sql for part in parts)})"
    return _Part("flag", lambda env: reduce(join, (part.values(env) for part in parts)), sql)


def _compared(a: _Part, b: _Part, compare: Any, sign: str) -> _Part:
    def values(env: Env) -> Any:
        left, right = a.values(env), b.values(env)
        found = compare(left, right)
        # Of all comparisons with NaN this one alone is true.
        return found & ~np.isnan(left) & ~np.isnan(right) if compare is np.not_equal else found

    return _Part("flag", values, f"coalesce({a.sql} {sign} {b.sql}, false)")
