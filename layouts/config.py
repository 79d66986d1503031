"""The page's Config: what the browser must know of the city, the words and the limits before the first frame.

The shape is `Config` in assets/wall/types.mjs. Builds and serialises it; opens no socket and reads no live state.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.cities import City, Source, Text
from dashboard.kpibook import load_book
from dashboard.process import Label, Process
from dashboard.regions import Level
from layouts.words import Locale, catalogue

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029", "{%": "\\u007b%"}
"""What may not stand in a script element, and what the page template would take for a placeholder of its own."""


def page_config(
    city: City,
    *,
    locale: Locale,
    version: str,
    track_minutes: int,
    fix_stale_s: float,
    fix_lost_s: float,
    insecure: str | None = None,
    note: Text | None = None,
    page: str = "wall",
) -> dict[str, Any]:
    """Config for one page.

    Args:
        insecure: the address that listens without access control, None when there is access control.
        note: said under the satisfaction rate, for instance that a demo generates it.
    """
    return {
        "locale": locale, "version": version, "insecure": insecure, "page": page,
        "city": _city(city, note),
        "districts": _districts(city),
        "towns": {town.code: town.name for town in city.regions.of_level(Level.town)},
        "channels": {key: _words(text) for key, text in city.channels.items()},
        "categories": {key: _words(name) for key, name in city.category_names.items()},
        "readings": {kpi.code: _words(kpi.name) for kpi in load_book().kpis.values() if kpi.origin == "readings"},
        "departments": {department.key: _words(department.name) for department in city.departments},
        "sources": {key: _source(source) for key, source in city.sources.items()},
        "streams": _streams(city),
        "targets": city.targets,
        "processes": {key: _process(process) for key, process in city.processes.items()}, "process": city.process,
        "fix": {"stale_s": fix_stale_s, "lost_s": fix_lost_s},
        "track_minutes": track_minutes,
        "words": dict(catalogue(locale)),
    }  # fmt: skip


def embed(value: object) -> str:
    """JSON that is safe inside a `<script>` element and inside Dash's page template."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for unsafe, escape in _UNSAFE.items():
        text = text.replace(unsafe, escape)
    return text


def _process(process: Process) -> dict[str, Any]:
    """What a page says of a process: its words, and what may follow by whom; how long steps last stays here."""
    steps = [
        {"step": s.step, "name": _words(s.name), "optional": s.optional, "next": s.next, "by": s.by}
        for s in process.steps
    ]
    moves = {move: _words(process.label(move)) for move in process.moves}
    return {"name": _words(process.name), "steps": steps, "moves": moves, "closed_at": process.closed_at}


def _words(text: Text | Label) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _city(city: City, note: Text | None) -> dict[str, Any]:
    return {
        "name": _words(city.name), "title": _words(city.title), "centre": city.centre, "zoom": city.zoom,
        "bounds": city.bounds, "note": _words(note) if note else None,
    }  # fmt: skip


def _source(source: Source) -> dict[str, Any]:
    return {"name": _words(source.name), "stream": source.stream, "late_s": source.late_s, "stale_s": source.stale_s}


def _districts(city: City) -> list[dict[str, Any]]:
    english = english_names(city.basemap)
    return [
        {"code": district.code, "name": {"zh": district.name, "en": english.get(district.name, district.name)}}
        for district in city.regions.districts
    ]


@cache
def english_names(basemap: Path) -> dict[str, str]:
    """Chinese → English names of the districts, from the base map, the only part of a pack that holds both."""
    features = json.loads(basemap.read_text(encoding="utf-8"))["features"]
    named = [feature["properties"] for feature in features if feature["properties"].get("kind") == "district"]
    return {place["name"]: place["name_en"] for place in named if place.get("name_en")}


def _streams(city: City) -> dict[str, dict[str, float]]:
    """Limits of a stream: those of its briskest source, for the stream is as fresh as its newest entry."""
    limits: dict[str, dict[str, float]] = {}
    for source in city.sources.values():
        limit = limits.setdefault(source.stream, {"late_s": source.late_s, "stale_s": source.stale_s})
        limit["late_s"] = min(limit["late_s"], source.late_s)
        limit["stale_s"] = min(limit["stale_s"], source.stale_s)
    return limits
