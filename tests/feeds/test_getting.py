"""GET from a real server: what is sent, what is believed, and how long anybody waits."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email.utils import formatdate
from http.client import HTTPException
from threading import Thread

import pytest

from dashboard import clock
from feeds import getting
from feeds.getting import Getter, Later, Refused
from tests.othercity import OtherCity


@pytest.fixture
def city() -> Iterator[OtherCity]:
    found = OtherCity()
    yield found
    found.stop()


def getter(city: OtherCity, most: int = 10_000) -> Getter:
    return Getter(f"{city.url}/?jurisdiction_id=x", "application/json", most)


def test_a_question_has_a_name_and_the_addresss_own_query(city: OtherCity) -> None:
    assert getter(city).get("/requests.json", {"a": "1 2"}) == b"[]"
    assert city.asked == [{"jurisdiction_id": "x", "a": "1 2"}]
    assert city.headers[0]["user-agent"].startswith("FourScreens/") and city.headers[0]["accept"] == "application/json"


@pytest.mark.parametrize("url", ["ftp://a/b", "https:///b", "http://u:p@a/b", "http://a/b c", "http://常州/"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="write https://host/path"):
        Getter(url, "", 1)


def test_another_answer_than_200_is_said(city: OtherCity) -> None:
    city.trouble = lambda n: (302, {"Location": "http://127.0.0.1:1/"}, b"gone  there")
    with pytest.raises(Refused, match=r"answered 302 Found: gone there") as refused:
        getter(city).get("/requests.json", {})
    assert refused.value.status == 302


@pytest.mark.parametrize(("said", "least", "most"), [("7", 7, 7), ("99999", 3600, 3600), ("soon", 0, 0), ("-5", 0, 0)])
def test_who_asks_us_to_wait_is_heard(city: OtherCity, said: str, least: float, most: float) -> None:
    city.trouble = lambda n: (429, {"Retry-After": said}, b"slow down")
    with pytest.raises(Later, match="slow down") as later:
        getter(city).get("/requests.json", {})
    assert least <= later.value.wait_s <= most


def test_to_wait_until_an_instant(city: OtherCity) -> None:
    city.trouble = lambda n: (503, {"Retry-After": formatdate(clock.now_ms() / 1000 + 600, usegmt=True)}, b"")
    with pytest.raises(Later) as later:
        getter(city).get("/requests.json", {})
    assert 500 < later.value.wait_s <= 600
    city.trouble = lambda n: (503, {}, b"")
    with pytest.raises(Refused):
        getter(city).get("/requests.json", {})


def test_an_answer_that_is_too_long(city: OtherCity) -> None:
    city.trouble = lambda n: (200, {}, b" " * 10_001)
    with pytest.raises(HTTPException, match="10000 bytes"):
        getter(city).get("/requests.json", {})


def test_an_answer_that_breaks_off(city: OtherCity) -> None:
    city.trouble = lambda n: (200, {"Content-Length": "9", "Connection": "close"}, b"[]")
    with pytest.raises(HTTPException):
        getter(city).get("/requests.json", {})


def test_a_server_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getting, "MOST_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with server.accept()[0] as link:
                link.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while link.recv(65_536):  # until it is given up
                    pass

        thread = Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(TimeoutError):
            Getter(f"http://127.0.0.1:{server.getsockname()[1]}", "", 10).get("/", {})
        thread.join(10)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        Getter(f"http://127.0.0.1:{port}", "", 10).get("/", {})


@pytest.mark.parametrize("url", ["https://user:word@a/b c", "https://:word@a/", "ftp://a/b?key=word"])
def test_an_address_that_is_refused_is_shown_without_its_secrets(url: str) -> None:
    with pytest.raises(ValueError, match="write https") as fault:
        Getter(url, "", 1)
    assert "word'" not in str(fault.value) and "word@" not in str(fault.value) and "key" not in str(fault.value)
