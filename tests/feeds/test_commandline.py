"""The tools' arguments, and tokens."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser, Namespace

import msgspec
import pytest

from dashboard import settings
from feeds import commandline, feedsfile


def test_every_tool_takes_the_settings() -> None:
    for name, words in (
        ("deadletters", ["retry", "1-0", "--set", "a=b"]),
        ("token", ["hotline"]),
        ("doctor", ["--json"]),
    ):
        parser = ArgumentParser()
        for one in commandline.arguments(name, parser):
            settings.add_flags(one)
        found = parser.parse_args([*words, "--data-dir", "x"])
        assert found.data_dir == "x"


def test_a_role_that_is_no_tool_keeps_its_parser() -> None:
    parser = ArgumentParser()
    assert commandline.arguments("serve", parser) == [parser]


def test_a_token_is_random_and_its_hash_is_what_feeds_yaml_takes(capsys: pytest.CaptureFixture[str]) -> None:
    tokens = set()
    for name in ("hotline", None):
        assert commandline.token(Namespace(name=name)) == 0
        first, second, third = capsys.readouterr().out.splitlines()
        made, kept = first.rpartition(" ")[2], third.strip().removeprefix("token: ")
        tokens.add(made)
        assert len(made) >= 43 and kept == f"sha256:{hashlib.sha256(made.encode()).hexdigest()}"
        assert ("hotline" in second) == (name is not None)
        msgspec.convert({"kind": "http", "name": "x", "crs": "wgs84", "token": kept}, feedsfile.Http)
    assert len(tokens) == 2
