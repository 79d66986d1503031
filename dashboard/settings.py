"""Every setting in one place: its name, type, default and one sentence; read from `WALL_*` variables and flags.

A flag beats its variable, a variable beats the default. Nothing else in the product reads the environment.
"""

from __future__ import annotations

import argparse
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints

PREFIX = "WALL_"
_LONG_DAYS = 36_500
_ORIGIN = re.compile(r"https?://([\w-]+(\.[\w-]+)*|\[[0-9a-f:]+\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)


class SettingError(ValueError):
    """A setting that cannot be used; the message names it and says what to do."""


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    host: str = _setting("127.0.0.1", "Address to listen on; anything but loopback needs --insecure.")
    port: int = _setting(8050, "Port of the wall's pages.")
    insecure: bool = _setting(False, "Listen on a non-loopback address although there are no accounts yet.")
    redis_url: str = _setting("", "Redis/Valkey 7+ that holds the log; empty: a private server is started.")
    data_dir: Path = _setting(Path("data"), "Folder of the private server's files.")
    city: str = _setting("changzhou", "City pack under dashboard/cities.")
    locale: str = _setting("zh", "Language of the pages: zh or en.")
    tiles_url: str = _setting("", "XYZ or WMTS tile addresses, the lowest first; empty: the offline base map alone.")
    tiles_file: str = _setting("", "MBTiles or PMTiles file of raster tiles, served by the wall itself.")
    tiles_datum: str = _setting("wgs84", "Datum of the tiles: wgs84, cgcs2000 or gcj02.")
    tiles_subdomains: str = _setting("", "What {s} in the addresses stands for, a character each; empty: as usual.")
    tiles_max_zoom: int = _setting(18, "Deepest zoom that has tiles; beyond it they are enlarged.")
    tiles_attribution: str = _setting("", "Who made the tiles: shown on the map.")
    tiles_tone: str = _setting("auto", "How tiles are brought to the wall's tones: auto, map, imagery or off.")
    media_origins: str = _setting("", "Other servers pictures may come from, each http(s)://host[:port]; empty: none.")
    simulator: bool = _setting(True, "Run the demo city.")
    seed: int = _setting(7, "Seed of the demo city.")
    workers: int = _setting(13_080, "Workers of the demo city.")
    demo_months: int = _setting(13, "Months of closed events before the demo city's first day; 0: none.")
    track_minutes: int = _setting(60, "Minutes of fixes kept for tracks, on the log and in every replica.")
    fix_stale_s: int = _setting(60, "Age in seconds from which a worker's fix counts as stale.")
    fix_lost_s: int = _setting(300, "Age in seconds from which a worker on duty counts as lost.")
    snapshot_s: int = _setting(300, "Seconds between snapshots of the picture.")
    feeds_file: Path = _setting(Path("feeds.yaml"), "What the city connects; an example: feeds/feeds.example.yaml.")
    archive_dir: str = _setting("", "Folder of the archive, the same for all parts; empty: archive in the data folder.")
    hot_days: int = _setting(7, "Days a closed event stays in memory after the last word on it; then it is archived.")
    keep_fixes_days: int = _setting(30, "Days of fixes kept in the archive.")
    keep_audit_days: int = _setting(366, "Days of the audit kept in the archive, 180 or more.")
    keep_log_days: float = _setting(7.0, "Days of what is in the archive, fixes aside, that stay on the log as well.")
    brief_at: str = _setting("07:30", "City time at which the daily brief of the day before is issued; empty: never.")
    log_level: str = _setting("info", "debug, info, warning or error.")

    def __post_init__(self) -> None:
        """Refuse what cannot work. Raises SettingError."""
        if self.locale not in ("zh", "en"):
            raise SettingError(f"WALL_LOCALE={self.locale!r}: choose zh or en")
        self._check_tiles()
        self._check_media()
        if not 0 <= self.demo_months <= 120:
            raise SettingError(f"WALL_DEMO_MONTHS='{self.demo_months}': choose 0 to 120")
        if self.keep_fixes_days < 1:
            raise SettingError(f"WALL_KEEP_FIXES_DAYS='{self.keep_fixes_days}': choose 1 or more")
        if self.keep_audit_days < 180:
            raise SettingError(
                f"WALL_KEEP_AUDIT_DAYS='{self.keep_audit_days}': choose 180 or more, for the Cybersecurity Law"
                " (网络安全法) and classified protection (等保) ask for six months of audit logs"
            )
        if not 0 < self.keep_log_days <= _LONG_DAYS:
            raise SettingError(f"WALL_KEEP_LOG_DAYS='{self.keep_log_days}': choose over 0 and at most {_LONG_DAYS}")
        if self.hot_days < 3:
            raise SettingError(f"WALL_HOT_DAYS='{self.hot_days}': choose 3 or more, for the numbers look back two days")
        if self.brief_at and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", self.brief_at, re.ASCII):
            raise SettingError(f"WALL_BRIEF_AT={self.brief_at!r}: choose a time of day such as 07:30, or nothing")
        if not self.loopback and not self.insecure:
            raise SettingError(
                f"WALL_HOST={self.host!r} would open the wall to everyone who can reach it, and there are no accounts"
                " yet; add --insecure if that is what you want"
            )

    def _check_tiles(self) -> None:
        if self.tiles_datum == "bd09":
            raise SettingError("WALL_TILES_DATUM='bd09': Baidu cuts its tiles in a way of its own; use tiles in GCJ-02")
        if self.tiles_datum not in ("wgs84", "cgcs2000", "gcj02"):
            raise SettingError(f"WALL_TILES_DATUM={self.tiles_datum!r}: choose wgs84, cgcs2000 or gcj02")
        if self.tiles_tone not in ("auto", "map", "imagery", "off"):
            raise SettingError(f"WALL_TILES_TONE={self.tiles_tone!r}: choose auto, map, imagery or off")
        if not 0 <= self.tiles_max_zoom <= 24:
            raise SettingError(f"WALL_TILES_MAX_ZOOM={self.tiles_max_zoom}: choose 0 to 24")

    def _check_media(self) -> None:
        """They become part of the pages' security policy, where anything else would be a rule of its own."""
        for origin in self.media_origins.split():
            if not _ORIGIN.fullmatch(origin):
                raise SettingError(f"WALL_MEDIA_ORIGINS={self.media_origins!r}: {origin!r} is no http(s)://host[:port]")

    @property
    def archive(self) -> Path:
        """The folder of the archive."""
        return Path(self.archive_dir) if self.archive_dir else self.data_dir / "archive"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the wall."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def rows() -> list[tuple[str, str, object, str]]:
    """Every setting: variable, flag, default, sentence."""
    return [(_variable(f), _flag(f), f.default, f.metadata["sentence"]) for f in fields(Settings)]


def add_flags(parser: argparse.ArgumentParser) -> None:
    """A flag for every setting."""
    kinds = get_type_hints(Settings)
    group = parser.add_argument_group("settings (each also a WALL_* variable)")
    for item in fields(Settings):
        text = f"{item.metadata['sentence']} [{item.default}]".replace("%", "%%")
        if kinds[item.name] is bool:
            action = argparse.BooleanOptionalAction
            group.add_argument(_flag(item), dest=item.name, action=action, default=None, help=text)
        else:
            group.add_argument(_flag(item), dest=item.name, default=None, metavar=item.name.upper(), help=text)


def load(environment: Mapping[str, str], flags: argparse.Namespace | None = None) -> Settings:
    """Settings from the environment and parsed flags. Raises SettingError naming the variable and its value."""
    kinds = get_type_hints(Settings)
    given: dict[str, Any] = {f.name: environment[_variable(f)] for f in fields(Settings) if _variable(f) in environment}
    given |= {k: v for k, v in vars(flags or argparse.Namespace()).items() if k in kinds and v is not None}
    values: dict[str, Any] = {name: _parse(name, kinds[name], value) for name, value in given.items()}
    return Settings(**values)


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings as `WALL_*` variables, for child processes."""
    return {_variable(f): str(getattr(settings, f.name)) for f in fields(settings)}


def _variable(item: Field[Any]) -> str:
    return PREFIX + item.name.upper()


def _flag(item: Field[Any]) -> str:
    return "--" + item.name.replace("_", "-")


def _parse(name: str, kind: type, value: object) -> object:
    if isinstance(value, kind):
        return value
    text = str(value)
    if kind is bool:
        return _parse_bool(name, text)
    try:
        return kind(text)
    except ValueError:
        raise SettingError(f"{PREFIX}{name.upper()}={text!r}: expected {_words(kind)}") from None


def _parse_bool(name: str, text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.lower() not in known:
        raise SettingError(f"{PREFIX}{name.upper()}={text!r}: expected one of {', '.join(known)}")
    return known[text.lower()]


def _words(kind: type) -> str:
    return {int: "a whole number", float: "a number"}.get(kind, kind.__name__)


def table(columns: Sequence[str] = ("variable", "flag", "default", "meaning")) -> str:
    """The settings as aligned text, for `python app.py settings`."""
    lines = [tuple(columns), *((v, f, str(d), s) for v, f, d, s in rows())]
    widths = [max(len(line[k]) for line in lines) for k in range(3)]
    return "\n".join("  ".join([*(line[k].ljust(widths[k]) for k in range(3)), line[3]]) for line in lines)
