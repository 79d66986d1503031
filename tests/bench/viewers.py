"""Many viewers of a wall who look at nothing: they join, read every frame and answer pings.

`python -m tests.bench.viewers PORT COUNT SECONDS` prints how many frames and bytes each got on average.
"""

from __future__ import annotations

import json
import sys
import time
from threading import Thread

from simple_websocket import Client, ConnectionClosed


def watch(port: int, until: float, got: list[tuple[int, int]]) -> None:
    """One viewer, speaking Socket.IO by hand."""
    socket = Client(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket")
    socket.send("40")  # unasked: what comes with the handshake's answer this client hears with the next bytes only
    frames = size = 0
    while (left := until - time.monotonic()) > 0:
        try:
            message = socket.receive(timeout=left)
        except ConnectionClosed:
            break
        if isinstance(message, bytes):
            frames, size = frames + 1, size + len(message)
        elif message and message.startswith("40"):
            socket.send("42" + json.dumps(["join", {"epoch": "", "seq": -1}]))
        elif message == "2":
            socket.send("3")
    got.append((frames, size))
    socket.close()


def main(port: int, count: int, seconds: float) -> None:
    got: list[tuple[int, int]] = []
    until = time.monotonic() + seconds
    threads = [Thread(target=watch, args=(port, until, got)) for _ in range(count)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    print(
        json.dumps(
            {"viewers": len(got), "frames": sum(f for f, _ in got) / count, "bytes": sum(b for _, b in got) / count}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
