"""`app.py deadletters` as it is typed, on a real log."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from feeds import commandline, lettertool
from feeds.log import AUDIT, Log
from tests.feeds.letters import FEEDS, folded, newest, rating, sent

Tool = Callable[..., tuple[int, str]]


@pytest.fixture
def tool(log: Log, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Tool:
    """Runs it; the exit code and what was printed."""
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS)
    parser = ArgumentParser()
    commandline.arguments("deadletters", parser)

    def typed(*words: str) -> tuple[int, str]:
        code = lettertool.run(log, path, parser.parse_args(words))
        return code, capsys.readouterr().out

    return typed


def test_letters_are_listed(tool: Tool, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    folded(log, broker)
    code, said = tool("list")
    assert code == 0 and [line.split()[3] for line in said.splitlines()] == ["stranger", "hotline"]
    assert "data.score 9 Expected `int` <= 5" in said
    assert tool("list", "--source", "nobody")[1] == ""
    code, said = tool("list", "--limit", "1")
    assert len(said.splitlines()) == 2 and "--limit 2 shows more" in said
    found = [json.loads(line) for line in tool("list", "--json", "--field", "data")[1].splitlines()]
    assert json.loads(found[1]["text"]) == rating()


def test_one_is_shown_with_all_that_was_sent(tool: Tool, log: Log) -> None:
    sent(log, rating())
    code, said = tool("show", newest(log).id)
    head, _, content = said.partition("\n\n")
    assert code == 0 and json.loads(content) == rating()
    assert "source  hotline" in head and "state   open" in head
    sent(log, b"\xff", "trackers", "10.0.0.1:5")
    assert "000000  ff" in tool("show", newest(log).id)[1]
    code, said = tool("show", "1-0")
    assert code == 1 and "no letter on the log" in said


def test_one_is_corrected_and_retried(tool: Tool, log: Log) -> None:
    sent(log, rating())
    name = newest(log).id
    code, said = tool("retry", name)
    assert code == 1 and "stays as it is: data.score='9'" in said
    code, said = tool("retry", "--set", "data.score=5", name, "--by", "ann")
    [entry] = log.read({"wall:events": "0-0"}, None, 10)
    assert (code, said) == (0, f"{name} is on the log as {entry.entry_id}\n")
    assert "by ann" in tool("show", name)[1]
    assert tool("retry", name, "--set", "data.score=5")[0] == 1
    assert len(log.read({"wall:events": "0-0"}, None, 10)) == 1


def test_another_content_comes_from_a_file(tool: Tool, log: Log, tmp_path: Path) -> None:
    sent(log, b"{broken")
    file = tmp_path / "good.json"
    file.write_text(json.dumps(rating(3)))
    assert tool("retry", newest(log).id, "--set", "data.score=5")[0] == 1
    assert tool("retry", newest(log).id, "--data", str(tmp_path / "none"))[0] == 1
    assert tool("retry", newest(log).id, "--data", str(file), "--set", "data.score=4")[0] == 0
    assert b'"score":4' in log.read({"wall:events": "0-0"}, None, 10)[0].fields[b"data"]


def test_all_of_a_source_in_their_order_and_only_when_meant(tool: Tool, log: Log) -> None:
    for n in (1, 9, 2):
        sent(log, rating(n if n < 9 else 9, id=f"r{n}"))
    sent(log, rating(5), "nobody")
    assert tool("retry", "--all")[0] == 1 and tool("retry")[0] == 1
    code, said = tool("retry", "--all", "--source", "hotline")
    assert (code, said) == (0, "3 open letters; add --yes to retry them all\n")
    code, said = tool("retry", "--all", "--source", "hotline", "--yes")
    assert code == 1 and len(said.splitlines()) == 3
    assert [entry.fields[b"id"] for entry in log.read({"wall:events": "0-0"}, None, 10)] == [b"r1", b"r2"]
    assert tool("discard", "--all", "--source", "hotline", "--yes", "--reason", "old")[0] == 0
    assert [line.split()[3] for line in tool("list")[1].splitlines()] == ["nobody"]
    assert [line.split()[2] for line in tool("list", "--state", "all")[1].splitlines()] == [
        "open", "retried", "discarded", "retried",
    ]  # fmt: skip


def test_a_discarded_one_says_so(tool: Tool, log: Log, broker: redis.Redis) -> None:
    sent(log, rating())
    name = newest(log).id
    assert tool("discard", name, "--reason", "twice", "--by", "ann") == (0, f"{name} is discarded\n")
    assert "by ann twice" in tool("show", name)[1]
    [(_, line)] = broker.xrange(AUDIT)
    assert line[b"command"] == b"discard_letter"
    assert tool("discard", name)[0] == 1
