"""The workbench's map as a Plotly figure: regions coloured by an indicator. In the manner of `figures`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from unicodedata import east_asian_width

from shapely.geometry import Polygon, box

from dashboard.charts import Found
from dashboard.kpibook import Kpi
from dashboard.regions import Regions
from layouts.analyst.figures import Figure, base
from layouts.analyst.ground import outlines
from layouts.analyst.names import Names
from layouts.analyst.palette import (
    INK,
    LINE,
    PANEL,
    RAMP,
    scale,
)
from layouts.analyst.state import State

_HIGH: Final = 180
"""The map's height in the page's unit."""
_WIDE: Final = 2
"""How many times as wide as high the map is at least; its panel is three times as wide."""
_EDGE: Final = 0.06
"""So much of the height lies above and below what is drawn, for labels that stand at its edge."""
_SIZE: Final = 13
"""A label's size in the page's unit."""
_SIDES: Final = {
    "middle center": (-0.5, -0.5), "middle left": (-1, -0.5), "middle right": (0, -0.5), "top center": (-0.5, 0),
    "bottom center": (-0.5, -1),
}  # fmt: skip
"""Where a label may stand by its place: where it begins and ends below, in its own width and height."""
_NARROW: Final = 0.85
"""A degree of longitude beside one of latitude, at most of China's cities."""


def regions(found: Found, names: Names, state: State, kpi: Kpi, ground: Regions, length: int, u: float) -> Figure:
    """The regions coloured by the indicator: of a rate the lower the darker, of anything else the higher. What has too
    few cases to be ranked stays pale, as in the ranking."""
    rows = [row for row in found.rows() if row["value"] is not None and row["group"]]
    shapes = outlines(ground, state.chosen.region, length)
    known = {row["group"]: row for row in rows}
    codes = [one["id"] for one in shapes["features"]]
    z = [row["value"] if (row := known.get(code)) and not row["small"] else None for code in codes]
    say = [_told(code, known.get(code), names, kpi) for code in codes]
    areas = {
        "type": "choropleth", "geojson": shapes, "locations": codes, "z": z, "colorscale": scale(), "showscale": False,
        "reversescale": kpi.better == "higher", "marker": {"line": {"color": LINE, "width": u}}, "text": say,
        "hovertemplate": "%{text}<extra></extra>", "customdata": [["region", code] for code in codes],
    }  # fmt: skip
    # What has no value is pale, and says so when one points at it.
    ground_of = areas | {"z": [0] * len(codes), "colorscale": [[0, RAMP[0]], [1, RAMP[0]]], "reversescale": False}
    (west, east), (south, north) = _frame(shapes)
    named = [code for code in codes if code in ground]
    texts = [(ground[code].lat, ground[code].lon, _label(code, known.get(code), names, kpi)) for code in named]
    degree = _HIGH / (north - south)
    shown = [(*text, side) for text, side in zip(texts, sides(texts, degree), strict=True) if side]
    labels = {
        "type": "scattergeo", "mode": "text", "hoverinfo": "skip",
        **{part: [one[k] for one in shown] for k, part in enumerate(("lat", "lon", "text", "textposition"))},
        "textfont": {"size": _SIZE * u, "color": INK, "shadow": f"0 0 {2 * u}px {PANEL}, 0 0 {4 * u}px {PANEL}"},
    }  # fmt: skip
    ranges = {"lonaxis": {"range": [west, east]}, "lataxis": {"range": [south, north]}}
    geo = ranges | {"visible": False, "bgcolor": "rgba(0,0,0,0)", "projection": {"type": "mercator"}}
    return {"data": [ground_of, areas, labels], "layout": base(u, geo=geo, margin=dict.fromkeys("lrtb", 0))}


def _label(code: str, row: dict[str, Any] | None, names: Names, kpi: Kpi) -> str:
    value = f"<br>{names.value(kpi, row['value'])}" if row and not row["small"] else ""
    return f"{names.region(code)}{value}"


def _frame(shapes: dict[str, Any]) -> tuple[tuple[float, float], tuple[float, float]]:
    """From where to where a map of these goes, by longitude and latitude: with room for labels at its edges."""
    west, south, east, north = shapes.get("bbox", (-180.0, -80.0, 180.0, 80.0))
    south, north = south - _EDGE * (north - south), north + _EDGE * (north - south)
    middle, half = (west + east) / 2, max(east - west, _WIDE * (north - south) / _NARROW) / 2
    return (middle - half, middle + half), (south, north)


def sides(labels: Sequence[tuple[float, float, str]], degree: float) -> list[str]:
    """Where each of these (latitude, longitude, text) stands by its place so as to cover none before it; "" for those
    that find no room. `degree` of latitude is so long, in the page's unit."""
    taken: list[Polygon] = []
    return [_side(lon * _NARROW * degree, lat * degree, text, taken) for lat, lon, text in labels]


def _side(x: float, y: float, text: str, taken: list[Polygon]) -> str:
    """The first side of a place that is free, which then is taken."""
    lines = text.split("<br>")
    wide = _SIZE * max(sum(1.0 if east_asian_width(letter) == "W" else 0.5 for letter in line) for line in lines)
    high = 1.2 * _SIZE * len(lines)
    for side, (left, low) in _SIDES.items():
        mine = box(x + left * wide, y + low * high, x + (left + 1) * wide, y + (low + 1) * high)
        if not any(mine.intersects(other) for other in taken):
            taken.append(mine)
            return side
    return ""


def _told(code: str, row: dict[str, Any] | None, names: Names, kpi: Kpi) -> str:
    if row is None:
        return f"<b>{names.region(code)}</b><br>{names.t('empty')}"
    parts = f"{row['num']:,} / {row['den']:,}" if kpi.kind == "rate" else names.t("cases", f"{row['den']:,}")
    small = f"<br>{names.t('small.why', kpi.min_sample)}" if row["small"] else ""
    return f"<b>{names.region(code)}</b><br>{names.value(kpi, row['value'])}{names.unit(kpi)}<br>{parts}{small}"
