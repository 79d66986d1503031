"""The wall's own typeface as TrueType files, which a PDF embeds: unpacked once from what browsers are served.

A machine needs no fonts of its own. Unpacking takes some six seconds of one core a weight; the files are kept.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).parents[2] / "assets" / "vendor"
REGULAR, BOLD = "400", "700"


def truetype(folder: Path, weight: str) -> Path:
    """The file of a weight in `folder`, made there if it is missing."""
    path = folder / f"noto-sans-sc-{weight}.ttf"
    if not path.exists():
        from fontTools.ttLib import TTFont

        folder.mkdir(parents=True, exist_ok=True)
        font = TTFont(VENDOR / f"noto-sans-sc-chinese-simplified-{weight}-normal.woff2")
        font.flavor = None
        part = path.with_suffix(f".{os.getpid()}.part")
        font.save(part)
        part.replace(path)
    return path
