"""What questions over HTTP have in common: their parameters, and answers in JSON, also to what cannot be answered.

That is 400 for a wrong parameter, 404 for somebody unknown, 503 where others ask or it takes too long; each says why,
and of which parameter and value if it is one's. What is asked is the routes' business.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import flask
import msgspec

from dashboard.cases import Filling
from dashboard.codec import Malformed, instant
from dashboard.history import TooMuch
from dashboard.scan import Busy, TookTooLong, Unreadable

RETRY_AFTER_S = "3"
Route = Callable[[], flask.Response]


class Unknown(LookupError):  # noqa: N818 - it is said of the worker
    """A worker whom nobody knows."""


def explained(answer: Route) -> Route:
    """`answer`, and its errors in words."""

    @wraps(answer)
    def said() -> flask.Response:
        try:
            return answer()
        except (Malformed, TooMuch) as fault:
            return _refused(400, fault.field, fault.value, fault.reason)
        except Unknown as fault:
            return _refused(404, "worker", str(fault), "nobody is known by this id")
        except Filling as fault:
            answered = _refused(503, "", "", str(fault))
            answered.headers["Retry-After"] = RETRY_AFTER_S
            return answered
        except TookTooLong:
            to = flask.request.args.get("to", "")
            return _refused(503, "to" if to else "", to, "took too long; ask for less at once")
        except Unreadable as fault:
            return _refused(503, "", "", f"the archive cannot be read: {fault}")
        except Busy:
            answered = _refused(503, "", "", "others are asking; try again in some seconds")
            answered.headers["Retry-After"] = RETRY_AFTER_S
            return answered

    return said


def _refused(status: int, field: str, value: str, reason: str) -> flask.Response:
    said = f"{field}={value}: {reason}" if field else reason
    answer = as_json({"error": {"field": field, "value": value, "reason": reason, "message": said}})
    answer.status_code = status
    return answer


def as_json(content: object) -> flask.Response:
    """An answer."""
    return flask.Response(msgspec.json.encode(content), mimetype="application/json")


def window() -> tuple[int, int]:
    """`from` and `to`, UTC ms. Raises Malformed."""
    return at("from"), at("to")


def at(name: str, default: int | None = None) -> int:
    """An instant, UTC ms: so many milliseconds, or RFC 3339. Raises Malformed."""
    text = flask.request.args.get(name, "")
    if not text and default is not None:
        return default
    if not text:
        raise Malformed(name, "", "is missing")
    # A plus sign that nobody escaped arrives as a space.
    return instant(name, int(text[:20]) if text.isascii() and text.isdigit() else text.replace(" ", "+"))


def number(name: str, low: float, high: float, default: float | None = None) -> float:
    """A parameter between two bounds. Raises Malformed."""
    text = flask.request.args.get(name, "")
    if not text and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        raise Malformed(name, text, "is missing" if not text else "is not a number") from None
    if not low <= value <= high:
        raise Malformed(name, text, f"must be a number from {low:g} to {high:g}")
    return value


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """A parameter that is one of some words, the first if it is left out. Raises Malformed."""
    text = flask.request.args.get(name, choices[0])
    if text not in choices:
        raise Malformed(name, text, f"must be one of {', '.join(choices)}")
    return text
