"""Every setting in one place; a flag beats its variable, a variable beats the default."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

import pytest

from dashboard import settings
from dashboard.settings import SettingError, Settings


def flags(*given: str) -> argparse.Namespace:
    """A parsed command line."""
    parser = argparse.ArgumentParser()
    settings.add_flags(parser)
    return parser.parse_args(given)


def test_defaults_work() -> None:
    assert settings.load({}) == Settings() == settings.load({}, flags())


def test_who_beats_whom() -> None:
    environment = {"WALL_PORT": "9000", "WALL_LOCALE": "en", "HOME": "/"}
    config = settings.load(environment, flags("--port", "9001", "--data-dir", "elsewhere"))
    assert (config.port, config.locale, config.data_dir) == (9001, "en", Path("elsewhere"))


@pytest.mark.parametrize(("text", "value"), [("1", True), ("TRUE", True), ("off", False), ("no", False)])
def test_yes_and_no(text: str, value: bool) -> None:
    assert settings.load({"WALL_SIMULATOR": text}).simulator is value


def test_a_flag_can_say_no() -> None:
    assert settings.load({"WALL_SIMULATOR": "yes"}, flags("--no-simulator")).simulator is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WALL_PORT", "http"), ("WALL_SIMULATOR", "maybe"), ("WALL_LOCALE", "fr"), ("WALL_TILES_DATUM", "bd09"),
        ("WALL_TILES_DATUM", "nad27"), ("WALL_TILES_TONE", "sepia"),
        ("WALL_MEDIA_ORIGINS", "pictures.example"), ("WALL_MEDIA_ORIGINS", "http://a/pictures"),
        ("WALL_MEDIA_ORIGINS", "ftp://a"), ("WALL_MEDIA_ORIGINS", "http://a;script-src"),
        ("WALL_DEMO_MONTHS", "-1"), ("WALL_BRIEF_AT", "7:30"), ("WALL_BRIEF_AT", "24:00"),
        ("WALL_KEEP_FIXES_DAYS", "0"), ("WALL_KEEP_AUDIT_DAYS", "179"), ("WALL_KEEP_LOG_DAYS", "0.0"),
        ("WALL_KEEP_LOG_DAYS", "nan"), ("WALL_KEEP_LOG_DAYS", "inf"),
        ("WALL_HOST", "0.0.0.0"), ("WALL_HOST", "wall.example"), ("WALL_HOST", "::"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name) as caught:
        settings.load({name: value})
    assert repr(value) in str(caught.value)


def test_audit_logs_are_kept_as_long_as_the_law_asks() -> None:
    with pytest.raises(SettingError, match=r"网络安全法.*等保"):
        settings.load({"WALL_KEEP_AUDIT_DAYS": "30"})
    assert settings.load({"WALL_KEEP_AUDIT_DAYS": "180"}).keep_audit_days == 180
    assert settings.load({"WALL_KEEP_LOG_DAYS": "0.5"}).keep_log_days == 0.5


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_loopback_needs_no_consent(host: str) -> None:
    assert settings.load({"WALL_HOST": host}).loopback


def test_pictures_may_come_from_several_servers() -> None:
    origins = "https://oss.example.cn http://10.1.2.3:9000 http://[fd00::1]:80 http://minio"
    assert settings.load({"WALL_MEDIA_ORIGINS": origins}).media_origins == origins


def test_an_open_wall_needs_consent() -> None:
    assert not settings.load({"WALL_HOST": "0.0.0.0", "WALL_INSECURE": "1"}).loopback


def test_the_archive_is_in_the_data_folder_unless_told_otherwise() -> None:
    assert settings.load({"WALL_DATA_DIR": "d"}).archive == Path("d/archive")
    assert settings.load({"WALL_DATA_DIR": "d", "WALL_ARCHIVE_DIR": "/mnt/a"}).archive == Path("/mnt/a")


def test_children_get_the_same_settings() -> None:
    config = settings.load({"WALL_SIMULATOR": "0", "WALL_TILES_URL": "http://t/{z}/{x}/{y}.png", "WALL_WORKERS": "5"})
    assert settings.load(settings.as_environment(config)) == config


def test_every_setting_is_explained() -> None:
    text = settings.table()
    for item, (variable, flag, default, sentence) in zip(fields(Settings), settings.rows(), strict=True):
        assert (variable, flag) == (f"WALL_{item.name.upper()}", "--" + item.name.replace("_", "-"))
        assert sentence.endswith(".")
        assert f"{variable} " in text
        assert default == item.default
    assert len(text.splitlines()) == len(fields(Settings)) + 1
