"""Reading single cells of a row: times, numbers, places and translated texts, as a mapping says.

Every refusal is a `Malformed` naming the column, what it held and why not. What the cells of a row make
together is in `rows`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from dashboard.codec import Malformed, instant
from dashboard.model import Lat, Lon
from feeds.replay.mapping import Cell, Field, Shift, names_in

Values = Sequence[str]
TAPE_DAY = datetime(2009, 1, 1)
"""The day that times given as seconds of the day are put on; any fixed day would do."""
EPOCHS = {"epoch_s": 1000, "epoch_ms": 1}
"""Formats that count from 1970 → milliseconds in one of their units. Others: `iso` or a strptime pattern."""


class TimeCell:
    """Reads one time column into UTC milliseconds."""

    def __init__(self, column: str, place: int, formats: Sequence[str], timezone: str | None) -> None:
        self.column, self._place = column, place
        self._formats = formats
        self._zone = ZoneInfo(timezone) if timezone else None

    def __call__(self, values: Values, fold: int = 0) -> int | None:
        """The instant, None where the cell is empty; `fold=1`: the second of an hour that clocks repeat.

        Raises:
            Malformed: no format of the mapping fits, or a local time when the mapping names no time zone.
        """
        text = self.text(values)
        return self.read(text, fold) if text else None

    def text(self, values: Values) -> str:
        """What the cell holds."""
        return values[self._place].strip()

    def read(self, text: str, fold: int = 0) -> int:
        """The instant written in `text`. Raises Malformed."""
        for form in self._formats:
            try:
                moment = _moment(text, form)
            except (ValueError, OverflowError):
                continue
            return self._in_range(self._to_ms(moment, text, fold), text)
        raise Malformed(self.column, text, f"is not a time in the format {' or '.join(self._formats)}")

    def _in_range(self, at: int, text: str) -> int:
        try:
            return instant(self.column, at)
        except Malformed:
            raise Malformed(self.column, text, "is not between 1970 and 2200") from None

    def _to_ms(self, moment: datetime | int, text: str, fold: int) -> int:
        if isinstance(moment, int):
            return moment
        if moment.tzinfo is None:
            if self._zone is None:
                raise Malformed(self.column, text, "has no UTC offset, and the mapping names no timezone")
            moment = moment.replace(tzinfo=self._zone, fold=fold)
        return round(moment.timestamp() * 1000)


class SecondCell:
    """Reads a column of local seconds of the day into UTC milliseconds of one fixed day."""

    def __init__(self, column: str, place: int, timezone: str | None) -> None:
        self.column, self._place = column, place
        zone = ZoneInfo(timezone) if timezone else UTC
        self._midnight_ms = round(TAPE_DAY.replace(tzinfo=zone).timestamp() * 1000)

    def __call__(self, values: Values) -> int | None:
        """The instant, None where the cell is empty. Raises Malformed for what is not a second of a day."""
        text = values[self._place].strip()
        if not text:
            return None
        second = number(self.column, text)
        if not 0 <= second <= 86_400:
            raise Malformed(self.column, text, "is not a second of the day (0 to 86400)")
        return self._midnight_ms + round(second * 1000)

    def read(self, text: str) -> int:
        """The instant of a time of day such as `08:30`. Raises Malformed."""
        try:
            at = time.fromisoformat(text)
        except ValueError:
            raise Malformed(self.column, text, "is not a time of day such as 08:30") from None
        return self._midnight_ms + 1000 * (3600 * at.hour + 60 * at.minute + at.second)


class Place:
    """Reads two columns into latitude and longitude, shifted as the mapping says."""

    def __init__(self, lat: str, lon: str, columns: Sequence[str], shift: Shift | None) -> None:
        self._names = (lat, lon)
        self._lat, self._lon = columns.index(lat), columns.index(lon)
        self._shift = shift
        self._scale = _scale(shift) if shift else 1.0

    def __call__(self, values: Values) -> tuple[float, float]:
        """Degrees. Raises Malformed for what is not a place on the globe, before or after the shift."""
        lat = _degrees(self._names[0], values[self._lat], Lat)
        lon = _degrees(self._names[1], values[self._lon], Lon)
        if lat == 0 and lon == 0:
            raise Malformed(self._names[0], "0, 0", "is how an unknown position is written, not a place")
        return self._moved(lat, lon) if self._shift else (lat, lon)

    def _moved(self, lat: float, lon: float) -> tuple[float, float]:
        assert self._shift is not None
        (lat0, lon0), (lat1, lon1) = self._shift.from_, self._shift.to
        moved = round(lat1 + lat - lat0, 6), round(lon1 + (lon - lon0) * self._scale, 6)
        if abs(moved[0]) > 90 or abs(moved[1]) > 180:
            raise Malformed(self._names[0], f"{lat}, {lon}", "lies off the globe once shifted")
        return moved


def number(column: str, text: str) -> float:
    """A finite number. Raises Malformed."""
    text = text.strip()
    if not text:
        raise Malformed(column, "", "is empty")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Malformed(column, text, "is not a number")
    return value


def pick(cell: Cell, columns: Sequence[str]) -> Callable[[Values], str]:
    """What reads a cell of a row: text with runs of white space, line breaks included, made one space."""
    if isinstance(cell, Field):
        return _translated(cell, columns)
    places = [columns.index(name) for name in names_in(cell)]
    if len(places) == 1:
        at = places[0]
        return lambda values: " ".join(values[at].split())
    return lambda values: _joined([" ".join(values[place].split()) for place in places])


def _joined(parts: list[str]) -> str:
    return " · ".join(filter(None, parts)) if parts[0] else ""


def _translated(cell: Field, columns: Sequence[str]) -> Callable[[Values], str]:
    default, known = cell.default, cell.values
    if not cell.column:
        return lambda values: default or ""
    at = columns.index(cell.column)

    def read(values: Values) -> str:
        text = " ".join(values[at].split())
        found = known.get(text, default) if known else text or default
        if found is None:
            raise Malformed(cell.column, text, "is not among the mapping's values, which name no default")
        return found

    return read


def _degrees(column: str, text: str, declared: Any) -> float:
    value = number(column, text)
    try:
        return float(msgspec.convert(value, declared))
    except msgspec.ValidationError as error:
        raise Malformed(column, text.strip(), str(error)) from None


def _scale(shift: Shift) -> float:
    """How many degrees of longitude at `to` are as long as one at `from`."""
    if shift.scale_lon != "auto":
        return shift.scale_lon
    return math.cos(math.radians(shift.from_[0])) / math.cos(math.radians(shift.to[0]))


def _moment(text: str, form: str) -> datetime | int:
    """A date-time, or UTC milliseconds for the epoch formats. Raises ValueError."""
    if form == "iso":
        return datetime.fromisoformat(text)
    if form in EPOCHS:
        return round(float(text) * EPOCHS[form])
    return datetime.strptime(text, form)
