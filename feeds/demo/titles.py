"""What is reported, in words: titles, addresses and notes out of a city's ``phrases.yaml``.

The file explains its own small grammar. This module draws from it and checks it; it decides neither when nor where
anything happens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec

from dashboard.model import SeverityName
from feeds.demo.dice import Dice

MIN_TITLE, MAX_TITLE = 12, 32
_TRIES: Final = 12
_TAGGED: Final = re.compile(
    r"(?P<text>[^@#]*?)(?: @(?P<tags>[^=/#\s]*)(?:=(?P<dept>\w+))?(?:/(?P<device>\w+))?(?:#(?P<item>[a-z_]+))?)?"
)
_CHOICE: Final = re.compile(r"\[([^\[\]]*)\]")
_NUMBER: Final = re.compile(r"(约?)<(\d+)-(\d+)>")
PLACE_FIRST: Final = 0.4
COMMENTED: Final = 0.3
_SPOTS: Final = "楼路店企水园校田"
_KNOWN: Final = frozenset(_SPOTS + "城村昼夜感")

Channel = Literal["grid_worker", "hotline_12345", "urban_mgmt", "pingan_app", "iot"]


class Theme(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One category in the phrase book; the file's head explains the fields."""

    weight: float
    night: float
    due_h: float
    minutes: float
    severity: tuple[float, float, float, float]
    channels: dict[Channel, float]
    whistle: list[str] = []
    normal: list[str]
    serious: list[str] = []
    major: list[str] = []
    urgent: list[str] = []
    iot: list[str] = []
    iot_serious: list[str] = []
    iot_major: list[str] = []
    iot_urgent: list[str] = []


class _Comments(msgspec.Struct, forbid_unknown_fields=True):
    good: list[str]
    bad: list[str]


class PhraseBook(msgspec.Struct, forbid_unknown_fields=True):
    """Everything a city's people say."""

    categories: dict[str, Theme]
    spots: dict[str, list[str]]
    notes: dict[str, list[str]]
    comments: _Comments


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase with its tags taken apart; `department`, `device` and `item` are "" when it names none."""

    text: str
    spot: str
    tags: frozenset[str]
    department: str
    device: str
    item: str

    def category(self, of: str) -> str:
        """The whole key of what it is about, said of a category: the item's, if it names one."""
        return f"{of}.{self.item}" if self.item else of

    def fits(self, village: bool, night: bool) -> bool:
        """Whether it can be said of such a place at such an hour."""
        return not (self.tags & {"城" if village else "村", "昼" if night else "夜"})


@dataclass(frozen=True, slots=True)
class Saying:
    """A finished title, the whole key of what it is about, where it happens (a key of the spots), and what the phrase
    names besides."""

    title: str
    category: str
    spot: str
    department: str
    device: str


def load_book(path: Path) -> PhraseBook:
    """Read a phrase book.

    Raises:
        ValueError: not there, not readable, or a phrase that breaks the grammar; the message says which.
    """
    try:
        book = msgspec.yaml.decode(path.read_bytes(), type=PhraseBook)
    except (OSError, msgspec.MsgspecError) as error:
        raise ValueError(f"the demo city's phrases cannot be read: {path.name}: {error}") from error
    for theme in book.categories.values():
        for severity in SEVERITIES:
            for text in (*_listed(theme, severity, False), *_listed(theme, severity, True)):
                parse(text)
    return book


def parse(text: str) -> Phrase:
    """Take a phrase apart.

    Raises:
        ValueError: tags out of order, or one that the grammar does not know.
    """
    found = _TAGGED.fullmatch(text)
    if found is None:
        raise ValueError(f"phrase {text!r}: not of the form text @tags=department/device#item")
    tags = frozenset(found["tags"] or "")
    if tags - _KNOWN:
        raise ValueError(f"phrase {text!r}: unknown tags {''.join(sorted(tags - _KNOWN))!r}")
    spot = next((tag for tag in _SPOTS if tag in tags), "楼")
    return Phrase(found["text"], spot, tags, found["dept"] or "", found["device"] or "", found["item"] or "")


def expand(text: str, dice: Dice) -> str:
    """Draw one of the ways to say a phrase: choices first, innermost first, then numbers."""
    while _CHOICE.search(text):
        text = _CHOICE.sub(lambda found: dice.pick(found[1].split("|")), text)
    return _NUMBER.sub(lambda found: _number(found, dice), text)


SEVERITIES: Final[tuple[SeverityName, ...]] = ("normal", "serious", "major", "urgent")


class Writer:
    """Draws sayings, addresses and notes from one phrase book."""

    def __init__(self, book: PhraseBook, dice: Dice) -> None:
        self.book, self._dice = book, dice
        self._phrases = {
            (key, severity, seen): [parse(text) for text in _listed(theme, severity, seen)]
            for key, theme in book.categories.items()
            for severity in SEVERITIES
            for seen in (False, True)
        }

    def devices(self) -> tuple[str, ...]:
        """Every kind of device that sees small matters, in the book's order."""
        small = (p for (_, severity, seen), ps in self._phrases.items() if seen and severity == "normal" for p in ps)
        return tuple(dict.fromkeys(phrase.device for phrase in small if phrase.device))

    def fitting(self, category: str, severity: SeverityName, *, seen: bool, village: bool, night: bool) -> list[Phrase]:
        """What can be said of such a matter in such a place at such an hour, by people or (`seen`) by a device."""
        return [p for p in self._phrases[category, severity, seen] if p.fits(village, night)]

    def can_be_seen(self, category: str, severity: SeverityName, village: bool, night: bool) -> bool:
        """Whether a device could report such a matter there and then."""
        return bool(self.fitting(category, severity, seen=True, village=village, night=night))

    def say(
        self, category: str, severity: SeverityName, place: str, *, seen: bool, village: bool, night: bool
    ) -> Saying | None:
        """A title of 12 to 32 characters; None when nobody could say such a thing there and then."""
        phrases = self.fitting(category, severity, seen=seen, village=village, night=night)
        for _ in range(_TRIES if phrases else 0):
            phrase = self._dice.pick(phrases)
            text = expand(phrase.text, self._dice)
            if not text.startswith("村") and "§" not in text and self._dice.chance(PLACE_FIRST):
                text = f"§{text}"
            title = text.replace("§", place)
            if MIN_TITLE <= len(title) <= MAX_TITLE:
                return Saying(title, phrase.category(category), phrase.spot, phrase.department, phrase.device)
        return None

    def address(self, town: str, place: str, spot: str, village: bool) -> str:
        """Town, community and a spot in it, written together."""
        spots = self.book.spots[spot + ("村" if village else "城")]
        return f"{town}{place}{expand(self._dice.pick(spots), self._dice)}"

    def note(self, step: str) -> str:
        """What an officer types at a step."""
        return self._dice.pick(self.book.notes[step])

    def comment(self, score: int) -> str:
        """What a citizen adds to a score of 1 to 5; most add nothing."""
        if not self._dice.chance(COMMENTED):
            return ""
        return self._dice.pick(self.book.comments.good if score >= 4 else self.book.comments.bad)


def _listed(theme: Theme, severity: SeverityName, seen: bool) -> list[str]:
    told = (theme.normal, theme.serious, theme.major, theme.urgent)
    sensed = (theme.iot, theme.iot_serious, theme.iot_major, theme.iot_urgent)
    return (sensed if seen else told)[SEVERITIES.index(severity)]


def _number(found: re.Match[str], dice: Dice) -> str:
    """People say about 20, 120 and 1,500, not about 19, 117 and 1,483."""
    number = dice.whole(int(found[2]), int(found[3]))
    unit = 1 if number < 100 else 10 if number < 1000 else 100
    if found[1] and number >= 15:
        unit = max(unit, 5 if number < 60 else 10)
    return f"{found[1]}{number // unit * unit}"
