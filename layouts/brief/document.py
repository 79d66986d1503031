"""What a document is made of, whatever file it becomes: headings, paragraphs, tables, one map. It draws nothing."""

from __future__ import annotations

from typing import NamedTuple

Point = tuple[float, float]
"""Across and down, as shares of the drawing's width."""


class Heading(NamedTuple):
    """Begins a section."""

    text: str


class Paragraph(NamedTuple):
    """A paragraph of the body; a `note` is set small, below what it explains."""

    text: str
    note: bool = False


class Line(NamedTuple):
    """A row of a table; a `total` is set off."""

    cells: tuple[str, ...]
    total: bool = False


class Table(NamedTuple):
    """Lines under a head; the first `texts` columns are words, the others numbers; `widths` are shares."""

    caption: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]
    widths: tuple[float, ...]
    texts: int = 1


class Shape(NamedTuple):
    """A district: its rings, how dark it is (0 to 4; None: hatched, nothing is known), its name and value."""

    rings: tuple[tuple[Point, ...], ...]
    tone: int | None
    label: str
    value: str
    at: Point


class Map(NamedTuple):
    """Districts by a value; `height` as a share of the width; `legend`: what each tone stands for."""

    caption: str
    shapes: tuple[Shape, ...]
    height: float
    legend: tuple[tuple[int | None, str], ...]


Block = Heading | Paragraph | Table | Map


class Document(NamedTuple):
    """A brief in one language: what stands above the red line, the body, and what stands at the end."""

    lang: str
    title: str
    number: str
    period: str
    issuer: str
    date: str
    signed: str
    blocks: tuple[Block, ...]
    copies: str
    printed: str
    name: str


TONES = ("#eaf1f6", "#c4d8e6", "#8fb4cf", "#3f75a3", "#2a5a83")
"""Fills of a map, the lightest first; words stand in white on the last two."""
NOTHING = "#f2f2f2"
INK, RULE, RED = "#1a1a1a", "#8a929a", "#c00000"
"""Text; hairlines; the masthead of an official paper (GB/T 9704)."""


def light(tone: int | None) -> bool:
    """Whether words on it are white."""
    return tone is not None and tone >= 3
