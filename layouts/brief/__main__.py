"""`python -m layouts.brief FOLDER FORMAT…`: makes documents of the `Order` on its standard input, in `FOLDER`.

A process of its own, so that the wall's frames do not wait for it and its memory is given back.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from layouts.brief.order import Order, made


def main(folder: Path, forms: list[str]) -> None:
    """Write `FOLDER/brief.FORMAT` for each format."""
    os.nice(10)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    for form in forms:
        (folder / f"brief.{form}").write_bytes(made(order, form))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
