"""The historian killed with -9 fifty times while eight streams pour in: what is in the archive, and what is not.

Records must be in it once each, as they went in; the log must be trimmed; and both together must fold to one state.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from feeds.embedded import EmbeddedServer
from tests.bench.measure import Line
from tests.keeping import Keeping

KILLS = 50
SEED = 50


def run() -> Iterator[Line]:
    """One log, one archive, fifty historians."""
    folder = Path(tempfile.mkdtemp(prefix="wb"))
    try:
        with EmbeddedServer(folder / "log") as server:
            keeping = Keeping(server.url, folder, SEED)
            for n in range(1, KILLS + 1):
                keeping.kill()
                if n % 10 == 0:
                    print(f"{n} kills, {keeping.in_the_act} of them in the middle of a file", flush=True)
            found = keeping.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{found.records:,} records; in the archive {found.missing} missing, {found.doubled} doubled, {found.changed}"
        f" changed, in {found.files} files; {found.drafts} drafts left",
        flush=True,
    )
    yield Line("records missing, doubled or changed", found.missing + found.doubled + found.changed, 1, "", 0)
    yield Line("files left half written", found.drafts, 1, "", 0)
    yield Line("archive and log together fold to another state", not found.same_state, 1, "", 0)
    yield Line("entries still on the log (baseline: all of them)", found.on_log, found.records, "", 0.5)
