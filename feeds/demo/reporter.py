"""Who reports what, and where: a new matter for an instant, with its words.

It draws; the steps that follow are in `events`, the words come from `titles`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np

from dashboard.cities import City
from dashboard.clock import CITY_ZONE
from dashboard.model import SeverityName
from dashboard.regions import short_name
from feeds.demo import rhythm
from feeds.demo.dice import Dice
from feeds.demo.ground import Ground, is_village
from feeds.demo.matter import Matter, due_hours, usual_minutes
from feeds.demo.titles import SEVERITIES, Channel, PhraseBook, Saying, Writer

SOURCE_OF: Final[dict[Channel, str]] = {
    "grid_worker": "grid-app",
    "hotline_12345": "hotline-12345",
    "urban_mgmt": "urban-mgmt",
    "pingan_app": "pingan-app",
    "iot": "iot",
}
DEVICES_WATCH: Final = {"major": 3.0, "urgent": 3.0}
"""How much more often grave matters are first seen by a device."""


class Reporter:
    """Draws matters for one city.

    Raises:
        ValueError: the phrase book covers none of the city's categories.
    """

    def __init__(self, city: City, book: PhraseBook, ground: Ground, dice: Dice) -> None:
        self._city, self._ground, self._dice = city, ground, dice
        self.writer = Writer(book, dice)
        self._themes = {c.key: book.categories[c.key] for c in city.categories if c.key in book.categories}
        if not self._themes:
            raise ValueError("the phrase book has none of the city's categories")
        self._usual = {c.key: c.department for c in city.categories}
        self._last_number = 0
        self._last_date = ""

    def draw(self, at_ms: int) -> Matter:
        """The matter reported at an instant: an id nobody has, a place, a category, words that fit them."""
        night = rhythm.is_night(at_ms)
        while True:
            grid = self._ground.draw_grid(self._dice)
            category = self._dice.weighted({k: t.weight * (t.night if night else 1) for k, t in self._themes.items()})
            severity = self._dice.weighted(dict(zip(SEVERITIES, self._themes[category].severity, strict=True)))
            channel = self._channel(category, severity, is_village(self._ground.grids[grid]), night)
            saying = self._say(category, severity, grid, channel, night)
            if saying is not None:
                return self._matter(at_ms, grid, category, severity, channel, saying)

    def _channel(self, category: str, severity: SeverityName, village: bool, night: bool) -> Channel:
        shares = dict(self._themes[category].channels)
        devices = shares.pop("iot", 0.0) * DEVICES_WATCH.get(severity, 1.0)
        if devices and self.writer.can_be_seen(category, severity, village, night):
            shares["iot"] = devices
        return self._dice.weighted(shares)

    def _say(self, category: str, severity: SeverityName, grid: int, channel: Channel, night: bool) -> Saying | None:
        region = self._ground.grids[grid]
        return self.writer.say(
            category,
            severity,
            self._community(region.code),
            seen=channel == "iot",
            village=is_village(region),
            night=night,
        )

    def _matter(
        self, at_ms: int, grid: int, category: str, severity: SeverityName, channel: Channel, saying: Saying
    ) -> Matter:
        region, theme = self._ground.grids[grid], self._themes[category]
        lat, lon = self._ground.points(np.array([grid], np.int32), self._dice)
        town = self._city.regions.get(region.code[:9])
        place = self._community(region.code)
        usual = self._usual[category]
        return Matter(
            event_id=self._event_id(at_ms),
            severity=severity,
            source=SOURCE_OF[channel],
            department=saying.department or usual,
            first_department=usual,
            district=region.code[:6],
            title=saying.title,
            category=saying.category,
            grid=grid,
            lat=round(float(lat[0]), 6),
            lon=round(float(lon[0]), 6),
            region=region.code,
            channel=channel,
            address=self.writer.address(town.name if town else "", place, saying.spot, is_village(region)),
            device=saying.device,
            whistle=theme.whistle if severity in DEVICES_WATCH else [],
            due_h=due_hours(severity, theme.due_h),
            minutes=usual_minutes(severity, theme.minutes),
        )

    def _community(self, grid_code: str) -> str:
        region = self._city.regions.get(grid_code[:12])
        return short_name(region.name) if region else ""

    def _event_id(self, at_ms: int) -> str:
        """``E20261121-04173``: the local date and the second of the day, or the next number still free.

        A later run starts at a later second, so ids never meet.
        """
        local = datetime.fromtimestamp(at_ms / 1000, CITY_ZONE)
        date = f"{local:%Y%m%d}"
        second = local.hour * 3600 + local.minute * 60 + local.second
        self._last_number = second if date != self._last_date else max(second, self._last_number + 1)
        self._last_date = date
        return f"E{date}-{self._last_number:05d}"
