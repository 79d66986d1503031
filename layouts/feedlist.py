"""The page of feeds (数据接入): the frame of a table that `assets/wall/office/feeds.mjs` fills, and keeps filled."""

from __future__ import annotations

from html import escape
from typing import Final

from layouts.office import office
from layouts.words import Locale, catalogue

COLUMNS: Final = ("name", "kind", "state", "rate", "lag", "skew", "records", "rejected", "unknown", "why")
NUMBERS: Final = ("rate", "lag", "skew", "records", "rejected", "unknown")
STATES: Final = ("starting", "running", "waiting", "stopped", "refused", "silent", "unsaid")
DEVICE_COLUMNS: Final = ("device", "count", "last", "wrong")
WORDS: Final = (
    *(f"feeds.state.{state}" for state in STATES), *(f"feeds.wrong.{why}" for why in ("unknown", "ahead", "late")),
    "feeds.ahead", "feeds.behind", "feeds.asof", "feeds.failed", "feeds.more", "feeds.devices.of", "feeds.devices.none",
    "time.seconds", "time.minutes", "time.minutes.seconds", "time.hours", "time.hours.minutes", "time.days",
    "time.days.hours",
)  # fmt: skip
"""What the script says."""


def page(locale: Locale) -> str:
    """The page, still empty."""
    said = {key: escape(text) for key, text in catalogue(locale).items() if key.startswith("feeds.")}
    heads = "".join(f"<th{' class=n' * (key in NUMBERS)}>{said[f'feeds.{key}']}</th>" for key in COLUMNS)
    devices = "".join(f"<th>{said[f'feeds.device.{key}']}</th>" for key in DEVICE_COLUMNS)
    body = (
        f'<p class=of-note><span data-slot="asof"></span> {said["feeds.note"]}</p>'
        f"<table class=of-list><thead><tr>{heads}</tr></thead><tbody data-slot=feeds></tbody></table>"
        f'<p class=of-none data-slot="none" hidden>{said["feeds.none"]}</p>'
        f'<section data-slot="devices" hidden><h2 data-slot="of"></h2><table class=of-list>'
        f'<thead><tr>{devices}</tr></thead><tbody data-slot="rows"></tbody></table><p data-slot="more"></p></section>'
    )
    return office("feeds", locale, body, WORDS)
