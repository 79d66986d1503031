"""Every kind of feeds.yaml that is a feed of its own can be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds import feedsfile, sources
from feeds.feedsfile import KINDS, FeedsFile, Http
from feeds.sources import make
from feeds.tally import Tally

EXAMPLE = feedsfile.read(Path(feedsfile.__file__).with_name("feeds.example.yaml"))


def test_every_kind_has_a_maker_but_what_the_web_replica_takes() -> None:
    assert set(sources._MAKERS) == set(KINDS.values()) - {Http}


@pytest.mark.parametrize("kind", ["owntracks", "jt808", "gps103", "redis", "redis_out", "webhook", "open311"])
def test_a_feed_has_its_entrys_name(kind: str, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("device,worker\n1,W1\n")
    (tmp_path / "mqtt-password").write_text("x")
    (tmp_path / "city-management-secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    entry = next(source for source in EXAMPLE.sources if isinstance(source, KINDS[kind]))
    assert make(entry, FeedsFile(tmp_path, [], []), Tally(kind, 0)).name == entry.name


def test_a_file_that_is_missing_is_said(tmp_path: Path) -> None:
    entry = next(source for source in EXAMPLE.sources if isinstance(source, KINDS["jt808"]))
    with pytest.raises(OSError, match=r"roster\.csv"):
        make(entry, FeedsFile(tmp_path, [], []), Tally("jt808", 0))
