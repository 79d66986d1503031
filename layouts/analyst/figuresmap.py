"""The workbench's map as a Plotly figure: regions coloured by an indicator. In the manner of `figures`."""

from __future__ import annotations

from typing import Any, Final

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

_HIGH, _WIDE = 0.17, 0.3
"""A label's size as a share of the map's height."""
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
    named = [code for code in codes if code in ground]
    roomy = apart([(ground[code].lat, ground[code].lon) for code in named])
    labels = {
        "type": "scattergeo", "mode": "text", "hoverinfo": "skip",
        "lat": [ground[code].lat for code in named], "lon": [ground[code].lon for code in named],
        "text": [_label(c, known.get(c), names, kpi) if room else "" for c, room in zip(named, roomy, strict=True)],
        "textfont": {"size": 13 * u, "color": INK, "shadow": f"0 0 {2 * u}px {PANEL}, 0 0 {4 * u}px {PANEL}"},
    }  # fmt: skip
    geo = {"visible": False, "fitbounds": "locations", "bgcolor": "rgba(0,0,0,0)", "projection": {"type": "mercator"}}
    return {"data": [ground_of, areas, labels], "layout": base(u, geo=geo, margin=dict.fromkeys("lrtb", 0))}


def _label(code: str, row: dict[str, Any] | None, names: Names, kpi: Kpi) -> str:
    value = names.value(kpi, row["value"]) if row and not row["small"] else ""
    return f"{names.region(code)}<br>{value}"


def apart(places: list[tuple[float, float]]) -> list[bool]:
    """Which of these places, the first before the later ones, find room for a label on a map of all of them."""
    lats, lons = [lat for lat, _ in places], [lon for _, lon in places]
    across = max(1.4 * (max(lats) - min(lats)), 0.6 * (max(lons) - min(lons)), 1e-6) if places else 1.0
    kept: list[tuple[float, float]] = []
    found = []
    for lat, lon in places:
        room = all(abs(lat - a) / across > _HIGH or abs(lon - o) * _NARROW / across > _WIDE for a, o in kept)
        kept += [(lat, lon)] if room else []
        found.append(room)
    return found


def _told(code: str, row: dict[str, Any] | None, names: Names, kpi: Kpi) -> str:
    if row is None:
        return f"<b>{names.region(code)}</b><br>{names.t('empty')}"
    parts = f"{row['num']:,} / {row['den']:,}" if kpi.kind == "rate" else names.t("cases", f"{row['den']:,}")
    small = f"<br>{names.t('small.why', kpi.min_sample)}" if row["small"] else ""
    return f"<b>{names.region(code)}</b><br>{names.value(kpi, row['value'])}{names.unit(kpi)}<br>{parts}{small}"
