"""The feeds by name: each is put together for a city, against a real log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.cities import load_city
from dashboard.settings import Settings
from feeds.kinds import FEEDS, replica_of
from feeds.log import Log


@pytest.mark.parametrize("kind", FEEDS)
def test_each_kind_is_a_feed_of_that_name(kind: str, log: Log, tmp_path: Path) -> None:
    config = replace(Settings(), data_dir=tmp_path, redis_url=log.url)
    feed = FEEDS[kind](config, log)
    assert callable(feed.run)
    assert feed.name


def test_a_replica_reads_the_archive_and_the_log_of_its_settings(log: Log, tmp_path: Path) -> None:
    config = replace(Settings(), data_dir=tmp_path, redis_url=log.url)
    replica = replica_of(log, config, load_city("changzhou"))
    assert replica.catch_up() == 0
    assert replica.picture.events.total == 0
