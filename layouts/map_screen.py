"""The two maps as Dash components: the situation map (a whole screen) and the workers map (a part of one).

It renders the skeleton only: header, map container, legend and an empty card, so that a page without data still says
what it is. Everything that changes is painted by `assets/wall/map/maps.mjs`; no callback ever touches these components.
The functions named in ``{"variable": "wall.…"}`` are put on ``window.wall`` by that module before Dash renders.
"""

from __future__ import annotations

from typing import Any, Final

import dash_leaflet as dl
from dash import html
from dash.development.base_component import Component

from dashboard.cities import City
from dashboard.regions import Level
from dashboard.tiles import Tiles
from layouts import ids
from layouts.panel import count, hooks, panel
from layouts.words import Words

BASEMAP_URL: Final = "/city/basemap.json"
SITUATION: Final = "map-situation"
WORKERS: Final = "map-workers"
CARD: Final = "map-card"
SEVERITIES: Final = ((4, "urgent"), (3, "major"), (2, "serious"), (1, "normal"))
DUTIES: Final = ("available", "dispatched", "en_route", "on_scene", "lost")
RAMP: Final = ("1", "3", "7", "14", "26+")

Names = dict[str, list[list[str | float]]]


def screen(city: City, words: Words, tiles: Tiles | None = None) -> Component:
    """The situation map's panel.

    Args:
        city: whose map it is.
        words: the locale's catalogue.
        tiles: raster tiles above the city pack's own base map, or None for the base map alone.
    """
    grids = html.B(f"{len(city.regions.of_level(Level.grid)):,}", **hooks(slot="grids"))
    counts = [
        html.Span([words["map.grids"], grids], className="q"),
        count(words["map.online"], "online"),
        count(words["map.open"], "open"),
    ]
    card = html.Aside(id=CARD, className="mcard")
    body = [_map(city, words, SITUATION, tiles), _legend(words), _attribution(city, tiles), card]
    return panel(ids.SCREEN_MAP, "map", words["map.title"], words, body, counts)


def workers_map(city: City, words: Words, tiles: Tiles | None = None) -> Component:
    """The workers map with its legend; fills the box it is put in."""
    steps = [part for k, text in enumerate(RAMP, 1) for part in (html.I(className=f"r{k}"), html.Em(text))]
    ramp = html.Div([html.Span(words["map.per_hex"]), *steps], className="ramp")
    duties = html.Div([_duty(words, d) for d in DUTIES], className="duties")
    scale = _scale("map-workers-scale")
    return html.Div([_map(city, words, WORKERS, tiles), ramp, duties, scale], className="wmapbox")


def place_names(city: City) -> Names:
    """Community labels for ``/city/names.json``: ``{"community": [[name, lat, lon], …]}`` in code order.

    Districts, towns and waters are named by the base map itself.
    """
    communities = city.regions.of_level(Level.community)
    return {"community": [[_short(r.name), round(r.lat, 5), round(r.lon, 5)] for r in communities]}


def _short(name: str) -> str:
    for ending in ("社区居民委员会", "村民委员会", "社区居委会", "居委会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return name.removesuffix(ending)
    return name


def _map(city: City, words: Words, name: str, tiles: Tiles | None) -> Component:
    layers = [_base(), _mounted(city, {"map": name}, "liveLayer"), dl.ZoomControl(position="topleft")]
    if tiles:
        layers.append(_mounted(city, tiles.for_browser() | {"note": words["map.tiles.none"]}, "tileLayer"))
    component: Component = dl.Map(
        layers,
        id=name,
        className="wallmap tiled" if tiles else "wallmap",
        center=list(city.centre),
        zoom=city.zoom,
        zoomSnap=0.25,
        zoomDelta=0.5,
        minZoom=8,
        maxZoom=18,
        preferCanvas=False,  # some twenty shapes that stand still: as SVG they cost nothing per frame
        zoomControl=False,
        attributionControl=False,
        zoomAnimation=False,
        fadeAnimation=False,
        markerZoomAnimation=False,
        inertia=False,
        doubleClickZoom=False,  # a double click goes into the region
        trackViewport=False,
    )
    return component


def _base() -> Component:
    component: Component = dl.GeoJSON(
        url=BASEMAP_URL,
        interactive=False,
        filter=_variable("baseFilter"),
        style=_variable("baseStyle"),
        onEachFeature=_variable("baseEach"),
    )
    return component


def _mounted(city: City, properties: dict[str, Any], layer: str) -> Component:
    """One feature whose 'marker' is a layer of ours: how such a layer gets into a Dash map."""
    lat, lon = city.centre
    mount: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
            }
        ],
    }
    component: Component = dl.GeoJSON(data=mount, pointToLayer=_variable(layer))
    return component


def _variable(name: str) -> dict[str, str]:
    return {"variable": f"wall.{name}"}


def _legend(words: Words) -> Component:
    severities = [
        html.Span(
            [html.I(className=f"mg g{n}"), words[f"severity.{key}"], html.B("—", id=f"map-sev-{n}")],
        )
        for n, key in SEVERITIES
    ]
    dot = html.Span([html.I(className="mg dot"), words["map.worker"]], className="as-dot")
    metro = html.Span([html.I(className="mg metro"), words["map.metro"]], className="as-metro")
    duties = html.Span([_duty(words, d) for d in DUTIES], className="duties")
    return html.Div([*severities, dot, duties, metro, _scale("map-scale")], className="legend")


def _scale(name: str) -> Component:
    return html.Span([html.I(), html.Em("")], id=name, className="scale")


def _duty(words: Words, duty: str) -> Component:
    return html.Span([html.I(className=f"mg d-{duty}"), words[f"duty.{duty}"]])


def _attribution(city: City, tiles: Tiles | None) -> Component:
    said = [tiles.attribution] if tiles and tiles.attribution else []
    text = " · ".join([*said, *city.attribution])
    return html.Div(text, className="attr", title=text)
