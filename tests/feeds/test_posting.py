"""POST to a real server: connections kept, certificates checked, nothing followed, nothing for ever."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread

import pytest

from feeds import posting
from feeds.posting import Poster
from tests.receiver import Receiver


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost, signed by itself; its key beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(path) + ".key", "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


def served(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, str(certificate) + ".key")
    return context


def test_what_is_posted_arrives_over_one_connection() -> None:
    with Receiver() as there:
        poster = Poster(there.url)
        for k in range(3):
            assert poster.post(f"body {k}".encode(), {"X-Word": "w"}).status == 204
        assert [posted.body for posted in there.until(3)] == [b"body 0", b"body 1", b"body 2"]
        assert {(posted.path, posted.headers["x-word"]) for posted in there.taken} == {("/hook?of=wall", "w")}
        assert there.connections == 1


def test_a_connection_closed_over_there_meanwhile_is_made_anew() -> None:
    with Receiver() as there:
        poster = Poster(there.url)
        poster.post(b"1", {})
        there.answers = lambda posted: None if len(there.posted) == 2 else 204
        assert poster.post(b"2", {}).status == 204
        assert len(there.posted) == 3


def test_no_answer_is_a_fault() -> None:
    with Receiver(lambda posted: None) as there, pytest.raises(ConnectionError):
        Poster(there.url).post(b"1", {})
    with pytest.raises(ConnectionRefusedError):
        Poster(there.url).post(b"1", {})


def test_a_redirection_is_an_answer() -> None:
    with Receiver() as elsewhere, Receiver(lambda posted: (307, {"Location": elsewhere.url})) as there:
        answer = Poster(there.url).post(b"1", {})
        assert (answer.status, elsewhere.posted) == (307, [])
        assert answer.said() == f"answered 307 Temporary Redirect to {elsewhere.url}: as told"


def test_a_certificate_is_checked(certificate: Path) -> None:
    with Receiver(trust=served(certificate)) as there:
        with pytest.raises(ssl.SSLCertVerificationError):
            Poster(there.url).post(b"1", {})
        with pytest.raises(ssl.SSLCertVerificationError):
            Poster(there.url.replace("localhost", "127.0.0.1"), certificate).post(b"1", {})
        assert there.posted == []
        assert Poster(there.url, certificate).post(b"1", {}).status == 204


@pytest.mark.parametrize("url", [
    "ftp://x/", "http:///x", "nowhere", "http://user:word@x/", "http://x/a b", "http://x/井", "http://x:port/",
])  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"url=|port|Port"):
        Poster(url)


class Dripping:
    """A server that says the beginning of an answer, and then nothing more."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}/"
        self.heard, self.kept = Event(), list[socket.socket]()
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        there, _ = self.socket.accept()
        self.kept.append(there)
        there.recv(65_536)
        there.sendall(b"HTTP/1.1 2")
        self.heard.set()


@pytest.mark.parametrize("end", ["hurry", "close"])
def test_what_takes_for_ever_is_ended(end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MOST_S", 0.0)
    there = Dripping()
    poster, faults = Poster(there.url), list[Exception]()

    def post() -> None:
        try:
            poster.post(b"1", {})
        except (OSError, HTTPException) as fault:
            faults.append(fault)

    thread = Thread(target=post)
    thread.start()
    assert there.heard.wait(30)
    getattr(poster, end)()
    thread.join(5)
    assert not thread.is_alive() and len(faults) == 1
    there.socket.close()


def test_after_the_end_nothing_is_posted() -> None:
    with Receiver() as there:
        poster = Poster(there.url)
        poster.close()
        with pytest.raises(ConnectionAbortedError):
            poster.post(b"1", {})
        assert there.posted == []


@pytest.mark.parametrize("url", ["https://user:word@a/b c", "https://:word@a/", "ftp://a/b?key=word"])
def test_an_address_that_is_refused_is_shown_without_its_secrets(url: str) -> None:
    with pytest.raises(ValueError, match="write https") as fault:
        Poster(url)
    assert "word'" not in str(fault.value) and "word@" not in str(fault.value) and "key" not in str(fault.value)
