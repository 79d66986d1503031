"""Parameters of questions, and answers to what cannot be answered."""

from __future__ import annotations

from collections.abc import Callable

import flask
import pytest

from callbacks.asked import Unknown, as_json, at, explained, number, one_of, window
from dashboard.codec import Malformed
from dashboard.scan import Busy, TookTooLong, Unreadable


def ask(read: Callable[[], object], query: str = "") -> object:
    with flask.Flask("test").test_request_context(f"/?{query}"):
        return read()


def test_parameters_are_read_with_their_defaults() -> None:
    assert ask(window, "from=5&to=2026-03-12T14:32:08%2B08:00") == (5, 1773297128000)
    assert ask(window, "from=5&to=2026-03-12T14:32:08+08:00") == (5, 1773297128000), "a plus sign nobody escaped"
    assert ask(lambda: (at("from", 7), number("r", 0, 9, 3.0), one_of("what", ("a", "b")))) == (7, 3.0, "a")


@pytest.mark.parametrize(("read", "query", "field"), [
    (window, "from=5", "to"), (lambda: number("r", 0, 9), "r=10", "r"), (lambda: number("r", 0, 9), "r=x", "r"),
    (lambda: one_of("what", ("a", "b")), "what=c", "what"), (lambda: at("from", 1), "from=noon", "from"),
])  # fmt: skip
def test_a_wrong_one_is_named(read: Callable[[], object], query: str, field: str) -> None:
    with pytest.raises(Malformed) as fault:
        ask(read, query)
    assert fault.value.field == field


@pytest.mark.parametrize(("fault", "status", "told"), [
    (Malformed("r", "x", "is not a number"), 400, "r=x: is not a number"), (Unknown("w9"), 404, "w9"),
    (TookTooLong(), 503, "ask for less"), (Unreadable("gone"), 503, "gone"), (Busy(), 503, "try again"),
])  # fmt: skip
def test_why_there_is_no_answer_is_said(fault: Exception, status: int, told: str) -> None:
    def fails() -> flask.Response:
        raise fault

    answer = ask(explained(fails))
    assert isinstance(answer, flask.Response)
    assert answer.status_code == status
    assert told in answer.get_data(as_text=True)
    assert ("Retry-After" in answer.headers) is isinstance(fault, Busy)


def test_what_took_too_long_names_only_what_was_asked() -> None:
    def fails() -> flask.Response:
        raise TookTooLong

    def told(query: str) -> object:
        answer = ask(explained(fails), query)
        assert isinstance(answer, flask.Response)
        return answer.json["error"]["field"], answer.json["error"]["message"]  # type: ignore[index]

    assert told("from=1&to=5") == ("to", "to=5: took too long; ask for less at once")
    assert told("panel=hours") == ("", "took too long; ask for less at once")


def test_an_answer_is_json() -> None:
    answer = ask(lambda: as_json({"井": 1}))
    assert isinstance(answer, flask.Response)
    assert (answer.mimetype, answer.get_data(as_text=True)) == ("application/json", '{"井":1}')
