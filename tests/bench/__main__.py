"""`make bench`: every benchmark, or those named: `make bench BENCH="fold glass"`.

Each prints what it measured, the baseline of the same run, the ratio, and the target it must keep; the exit code is the
number of targets missed.
"""

from __future__ import annotations

import sys

from tests.bench import (
    advice,
    analysis,
    clicks,
    crowd,
    desk,
    fold,
    fuzz,
    glass,
    history,
    keep,
    million,
    nearest,
    outages,
    staffing,
    ways,
    wire,
)

BENCHES = {
    "fold": fold.run,
    "wire": wire.run,
    "nearest": nearest.run,
    "history": history.run,
    "glass": glass.run,
    "crowd": crowd.run,
    "staffing": staffing.run,
    "advice": advice.run,
    "million": million.run,
    "desk": desk.run,
    "keep": keep.run,
    "analysis": analysis.run,
    "clicks": clicks.run,
    "fuzz": fuzz.run,
    "ways": ways.run,
    "outages": outages.run,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no bench named {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    missed = 0
    for name in names or BENCHES:
        print(f"\n== {name}", flush=True)
        for line in BENCHES[name]():
            print(line.text(), flush=True)
            missed += not line.kept
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
