"""What is needed to make a brief's documents, and making them: here or, where it takes its time, in a child process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from msgspec import Struct

from dashboard.brief import Brief
from dashboard.cities import load_city
from dashboard.kpibook import load_book
from layouts.brief.page import page
from layouts.brief.text import Issue, document
from layouts.words import Locale

ROOT: Final = Path(__file__).parents[2]
LIMIT_S: Final = 120.0


class Order(Struct, frozen=True):
    """A brief and how it is to be written; `fonts` is the folder that keeps the typeface's files."""

    brief: Brief
    issue: Issue
    city: str
    locale: Locale
    fonts: str


class Unmade(RuntimeError):  # noqa: N818 - it is said of the documents
    """The documents could not be made; the message is the child's last line."""


def made(order: Order, form: str) -> bytes:
    """One document. Raises KeyError for an unknown format."""
    paper = document(order.brief, load_city(order.city), load_book(), order.locale, order.issue)
    if form == "html":
        return page(paper).encode()
    if form == "pdf":
        from layouts.brief.pdf import pdf

        return pdf(paper, Path(order.fonts))
    if form == "docx":
        from layouts.brief.word import docx

        return docx(paper, Path(order.fonts), order.brief.made)
    raise KeyError(form)


def made_aside(order: Order, forms: Sequence[str]) -> dict[str, bytes]:
    """Documents by format, made by a child process. Raises Unmade."""
    with TemporaryDirectory() as folder:
        child = [sys.executable, "-m", "layouts.brief", folder, *forms]
        text = msgspec.json.encode(order)
        try:
            done = subprocess.run(child, input=text, cwd=ROOT, capture_output=True, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            raise Unmade(f"not made within {LIMIT_S:.0f} s") from None
        if done.returncode:
            raise Unmade((done.stderr.decode(errors="replace").strip().splitlines() or ["ended"])[-1])
        return {form: (Path(folder) / f"brief.{form}").read_bytes() for form in forms}
