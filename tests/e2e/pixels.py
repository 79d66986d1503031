"""Pictures for the tests: PNGs made from arrays, and marks found again in what a browser shows. Knows no wall."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser

Pixels = NDArray[np.uint8]

_READ = """async (data) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
  const c = new OffscreenCanvas(image.width, image.height).getContext('2d');
  c.drawImage(image, 0, 0);
  const shown = c.getImageData(0, 0, image.width, image.height).data;
  const packed = new Blob([shown]).stream().pipeThrough(new CompressionStream('deflate'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let text = '';
  for (let k = 0; k < bytes.length; k += 32768) text += String.fromCharCode(...bytes.subarray(k, k + 32768));
  return [image.width, image.height, btoa(text)];
}"""

_COMPARE = """async ([shots, [left, top, width, height], off]) => {
  const c = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  let first = null;
  const shares = [];
  for (const shot of shots) {
    c.drawImage(await createImageBitmap(await (await fetch('data:image/png;base64,' + shot)).blob()), -left, -top);
    const { data } = c.getImageData(0, 0, width, height);
    first ??= data;
    let changed = 0;
    for (let k = 0; k < data.length; k += 4) changed += Math.abs(data[k + 1] - first[k + 1]) > off ? 1 : 0;
    shares.push(changed / (width * height));
  }
  return shares;
}"""


def png(rgb: Pixels) -> bytes:
    """A picture of height × width × 3 bytes."""
    height, width, _ = rgb.shape
    lines = b"".join(b"\0" + rgb[y].tobytes() for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def pixels(browser: Browser, picture: bytes) -> Pixels:
    """A PNG as height × width × 4 bytes, read by the browser itself."""
    page = browser.new_page()
    width, height, text = page.evaluate(_READ, base64.b64encode(picture).decode())
    page.close()
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8).reshape(height, width, 4)


def changed(browser: Browser, shots: list[str], box: tuple[int, int, int, int], off: int) -> list[float]:
    """Share of the pixels of `box` (left, top, width, height) in which each picture (base64) differs from the first."""
    page = browser.new_page()
    shares: list[float] = page.evaluate(_COMPARE, [shots, list(box), off])
    page.close()
    return shares


def found(picture: Pixels, colour: tuple[int, int, int], near: tuple[float, float], reach: int, off: int) -> Any:
    """What has about a colour within `reach` of a place: its middle (x, y) and least side, or None."""
    x0, y0 = max(0, int(near[0]) - reach), max(0, int(near[1]) - reach)
    part = picture[y0 : y0 + 2 * reach, x0 : x0 + 2 * reach, :3].astype(int)
    ys, xs = np.nonzero(np.abs(part - colour).max(axis=2) <= off)
    if len(xs) == 0:
        return None
    middle = (x0 + (xs.min() + xs.max()) / 2, y0 + (ys.min() + ys.max()) / 2)
    return middle, min(xs.max() - xs.min(), ys.max() - ys.min())
