"""The outlines of regions for the workbench's map: what the grids below each of them make together.

GeoJSON with rings clockwise, as Plotly's maps want them; thinned to what a panel of the page can show.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

from dashboard.regions import Regions

_COARSE: Final = {6: 0.002, 9: 0.0006, 12: 0.0002}
"""Degrees that may be left out of an outline, by the length of the region's code."""


@lru_cache(maxsize=64)
def outlines(regions: Regions, parent: str, length: int) -> dict[str, Any]:
    """A FeatureCollection of the regions below `parent` whose codes are so long, each with its code as `id`; with the
    `bbox` of them all (west, south, east, north), if there are any."""
    if regions.grids is None:
        return {"type": "FeatureCollection", "features": []}
    codes = np.array(regions.grids.codes)
    inside = np.char.startswith(codes, parent if len(parent) > 4 else "")
    heads = np.array([code[:length] for code in codes])
    features, edges = [], []
    for code in dict.fromkeys(heads[inside].tolist()):
        whole = shapely.union_all(regions.grids.polygons[heads == code])
        thin = whole.simplify(_COARSE.get(length, 0.0001))
        edges.append(thin)
        features.append({"type": "Feature", "id": code, "properties": {}, "geometry": mapping(_clockwise(thin))})
    bbox = {"bbox": shapely.total_bounds(edges).tolist()} if edges else {}
    return {"type": "FeatureCollection", "features": features, **bbox}


def _clockwise(shape: Any) -> Any:
    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon([orient(part, -1.0) for part in parts])
