"""Which address shows what, and that nothing breaks out of the page."""

from __future__ import annotations

import dataclasses
import json
import re
import socket
from html.parser import HTMLParser
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from callbacks import web
from callbacks.ingest import MOST_BYTES
from callbacks.web import PAGES, Web
from dashboard.cities import Text, load_city
from dashboard.settings import Settings
from layouts import ids
from tests.support import Stage

HOSTILE = '</script><script>alert("1")</script><!-- {%scripts%} {%config%} \u2028 & \\ \''


class Scripts(HTMLParser):
    """The script elements of a page, as a browser would cut them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A script begins."""
        if tag == "script":
            self.found.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        """Text in it."""
        if self.found and self.lasttag == "script":
            attributes, text = self.found[-1]
            self.found[-1] = (attributes, text + data)


def config_of(page: str) -> dict[str, Any]:
    """The page's Config."""
    [text] = [text for attributes, text in Scripts(page).found if attributes.get("id") == ids.CONFIG]
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_the_pages(wall: Web, path: str) -> None:
    answer = wall.server.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    config = config_of(answer.text)
    assert (config["locale"], config["insecure"]) == ("zh", None)
    assert config["districts"][0]["code"] == "320402"
    assert "/assets/wall/main.mjs" in answer.text
    assert [answer.headers[name] for name in ("X-Content-Type-Options", "Referrer-Policy")] == [
        "nosniff",
        "no-referrer",
    ]


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/map/", "/map/deeper", "/a/b/c", "/city/secret.json", "/assets/nothing.js", "/.env", "/_nothing"],
)
def test_an_unknown_address_is_said_to_be_unknown(wall: Web, path: str) -> None:
    assert wall.server.test_client().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/_dash-layout", "/_dash-dependencies", "/_favicon.ico"])
def test_other_known_addresses(wall: Web, path: str) -> None:
    assert wall.server.test_client().get(path).status_code == 200


def test_the_citys_files(wall: Web) -> None:
    client, city = wall.server.test_client(), load_city("changzhou")
    for name in ("basemap", "grids", "names"):
        answer = client.get(f"/city/{name}.json")
        assert (answer.status_code, answer.mimetype) == (200, "application/json")
        assert json.loads(answer.data)
    assert client.get("/city/grids.json").data == (city.folder / "grids.json").read_bytes()
    tag = client.get("/city/grids.json").headers["ETag"]
    assert client.get("/city/grids.json", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/city/../city.yaml", "/city/%2e%2e/city.yaml", "/city/city.yaml", "/assets/../app.py"]
)
def test_no_other_file_is_served(wall: Web, path: str) -> None:
    assert wall.server.test_client().get(path).status_code == 404


def test_the_language_is_asked_for_and_remembered(wall: Web) -> None:
    client = wall.server.test_client()
    assert config_of(client.get("/?lang=en").text)["locale"] == "en"
    assert config_of(client.get("/map").text)["locale"] == "en"
    answer = client.get("/?lang=zh")
    assert config_of(answer.text)["locale"] == "zh"
    assert 'lang="zh-CN"' in answer.text


def test_a_hostile_language_is_no_language(wall: Web) -> None:
    answer = wall.server.test_client().get("/", query_string={"lang": HOSTILE})
    assert config_of(answer.text)["locale"] == "zh"
    assert "alert" not in answer.text
    assert "alert" not in answer.headers["Set-Cookie"]


def test_the_config_cannot_be_broken_out_of(played: Stage) -> None:
    text = Text(HOSTILE, HOSTILE)
    harmless = load_city("changzhou")
    city = dataclasses.replace(harmless, name=text, title=text, channels={"x": text})
    pages = [
        web.create(Settings(simulator=False), pack, played.pipeline).server.test_client().get("/").text
        for pack in (harmless, city)
    ]
    config = config_of(pages[1])
    assert config["city"]["name"] == {"zh": HOSTILE, "en": HOSTILE}
    assert config["channels"] == {"x": {"zh": HOSTILE, "en": HOSTILE}}
    [raw] = re.findall(f'id="{ids.CONFIG}">(.*)</script>', pages[1])
    assert not re.search("[<>]|{%", raw)
    assert len(Scripts(pages[1]).found) == len(Scripts(pages[0]).found)
    assert not [text for attributes, text in Scripts(pages[1]).found if text.startswith("alert")]


def test_an_open_wall_says_so(played: Stage) -> None:
    settings = Settings(host="0.0.0.0", port=8051, insecure=True)
    page = web.create(settings, load_city("changzhou"), played.pipeline).server.test_client().get("/").text
    assert config_of(page)["insecure"] == "0.0.0.0:8051"


def test_web_socket_messages_are_not_compressed_for_each_viewer(wall: Web) -> None:
    """A browser offers permessage-deflate; the real server under the application must not agree to it."""
    server = make_server("127.0.0.1", 0, wall.server, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as link:
            link.sendall(
                b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: wall\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
            )
            answer = link.recv(65_536).split(b"\r\n\r\n")[0].decode()
    finally:
        server.shutdown()
    assert answer.startswith("HTTP/1.1 101")
    assert not re.search("sec-websocket-extensions", answer, re.IGNORECASE)


def test_there_is_no_polling(wall: Web) -> None:
    answer = wall.server.test_client().get("/socket.io/?EIO=4&transport=polling")
    assert answer.status_code == 400


def test_a_page_may_run_only_what_this_server_gave_it(wall: Web) -> None:
    policy = wall.server.test_client().get("/").headers["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert "unsafe-inline" not in rules["script-src"]
    assert "http" not in policy
    assert rules["object-src"] == "'none'"


def test_pictures_come_from_here_and_from_the_origins_that_were_named(stage: Stage) -> None:
    settings = Settings(simulator=False, media_origins="https://oss.example.cn http://10.1.2.3:9000")
    server = web.create(settings, load_city("changzhou"), stage.pipeline).server
    policy = server.test_client().get("/console").headers["Content-Security-Policy"]
    assert "; img-src 'self' data: blob: https://oss.example.cn http://10.1.2.3:9000; object-src" in policy


def test_nothing_longer_than_a_batch_is_read_anywhere(wall: Web) -> None:
    answer = wall.server.test_client().post(
        "/_dash-update-component", data=b"[" + b" " * MOST_BYTES, content_type="application/json"
    )
    assert answer.status_code == 413
