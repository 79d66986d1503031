"""Raster tiles under the maps, as the settings say: address templates, datum, zooms, and how they are toned.

Checks and describes; fetches nothing. Tiles come from XYZ or WMTS addresses, or out of a file (`tilefile`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from dashboard.settings import SettingError, Settings
from dashboard.tilefile import Bounds, TileFile, TileFileError, open_file

OWN_ADDRESS: Final = "/tiles/{z}/{x}/{y}"
_WMTS: Final = {"tilematrix": "z", "tilerow": "y", "tilecol": "x", "r": ""}
_SPREAD: Final = (("tianditu.gov.cn", "01234567"), ("autonavi.com", "1234"), ("gtimg.com", "0123"))
"""Whose `{s}` stands for which names."""
_DEGREES: Final = re.compile(r"/(vec|cva|img|cia|ter|cta)_c/|tilematrixset=(c|epsg:4490|epsg:4326)\b", re.IGNORECASE)
_PHOTOGRAPHS: Final = re.compile(r"/(img|cia)_w/|satellite|imagery|aerial|style=[68]\b|影像", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tiles:
    """What lies under the maps.

    Attributes:
        urls: templates with `{x}`, `{y}` or `{-y}`, `{z}` and perhaps `{s}`; the lowest layer first.
        subdomains: what `{s}` stands for, a character each.
        shifted: drawn in GCJ-02, so that each tile has to be put in its place.
        bounds: south, west, north, east in degrees of the tiles' datum; None: everywhere.
        tone: `map`, `imagery` or `off`: how the tiles are brought to the wall's own tones.
        file: what the addresses are served from, None when somebody else serves them.
    """

    urls: tuple[str, ...]
    subdomains: str
    shifted: bool
    min_zoom: int
    max_zoom: int
    bounds: Bounds | None
    attribution: str
    tone: str
    file: TileFile | None = None

    def for_browser(self) -> dict[str, Any]:
        """`TileSpec` in assets/wall/map/ground/tiles.mjs."""
        bounds = self.bounds and [self.bounds[:2], self.bounds[2:]]
        return {
            "urls": list(self.urls), "subdomains": self.subdomains, "shifted": self.shifted, "min": self.min_zoom,
            "max": self.max_zoom, "bounds": bounds, "tone": self.tone, "own": self.file is not None,
        }  # fmt: skip

    def origins(self) -> list[str]:
        """`scheme://host` of every server a browser asks for tiles."""
        names = [url.replace("{s}", s) for url in self.urls for s in (self.subdomains if "{s}" in url else " ")]
        parts = [urlsplit(name) for name in names]
        return sorted({f"{part.scheme}://{part.netloc}" for part in parts if part.netloc})


def under(settings: Settings) -> Tiles | None:
    """The tiles the settings ask for, None for none. Raises SettingError when they cannot be shown."""
    if settings.tiles_url and settings.tiles_file:
        raise SettingError("WALL_TILES_URL and WALL_TILES_FILE are both set: choose one")
    if settings.tiles_file:
        return _from_file(settings)
    return _from_addresses(settings) if settings.tiles_url else None


def _from_addresses(settings: Settings) -> Tiles:
    urls = tuple(_template(url) for url in settings.tiles_url.split())
    tone = "imagery" if _PHOTOGRAPHS.search(urls[0]) else "map"
    spread = next((names for host, names in _SPREAD if host in urls[0]), "abc")
    return Tiles(
        urls, settings.tiles_subdomains or spread, settings.tiles_datum == "gcj02", 0, settings.tiles_max_zoom, None,
        settings.tiles_attribution, tone if settings.tiles_tone == "auto" else settings.tiles_tone,
    )  # fmt: skip


def _template(url: str) -> str:
    """An address with every known placeholder under one name. Raises SettingError for what would never show a tile."""
    refused = f"WALL_TILES_URL={url!r}: "
    if not url.startswith(("http://", "https://", "/")):
        raise SettingError(f"{refused}begin each address with http://, https:// or /")
    if _DEGREES.search(url):
        raise SettingError(
            f"{refused}these tiles are cut in degrees; name the Web Mercator ones (天地图: vec_w, img_w)"
        )
    plain = re.sub(r"\{(\w+)\}", lambda m: _placeholder(m[1]), url)
    holes = set(re.findall(r"\{([^}]*)\}", plain))
    if not {"x", "z"} <= holes or not holes & {"y", "-y"}:
        raise SettingError(f"{refused}needs {{z}}, {{x}} and {{y}}; {{-y}} for rows counted from the south (TMS)")
    if unknown := sorted(holes - {"x", "y", "-y", "z", "s"}):
        raise SettingError(f"{refused}fill in {{{unknown[0]}}}; only {{z}} {{x}} {{y}} {{-y}} {{s}} are filled in here")
    return plain


def _placeholder(name: str) -> str:
    known = _WMTS.get(name.lower())
    return f"{{{name}}}" if known is None else known and f"{{{known}}}"


def _from_file(settings: Settings) -> Tiles:
    path = Path(settings.tiles_file)
    try:
        file = open_file(path)
    except TileFileError as error:
        raise SettingError(f"WALL_TILES_FILE={settings.tiles_file!r} {error}") from None
    facts, edition = file.facts, path.stat()
    tone = "imagery" if facts.picture == "jpeg" else "map"  # drawn maps are kept as PNG or WebP, photographs as JPEG
    return Tiles(
        (f"{OWN_ADDRESS}?v={edition.st_mtime_ns:x}{edition.st_size:x}",), "", settings.tiles_datum == "gcj02",
        facts.min_zoom, min(facts.max_zoom, settings.tiles_max_zoom), facts.bounds,
        settings.tiles_attribution or facts.attribution, tone if settings.tiles_tone == "auto" else settings.tiles_tone,
        file,
    )  # fmt: skip
