"""Which cases somebody looks at: by region, what they are about, who has them, how they came. As SQL over `cases`.

Everything chosen of one kind is an alternative; the kinds all hold. It knows no names: a key nobody uses finds nothing.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, structs


class Filter(Struct, frozen=True):
    """What is chosen; empty: all.

    `region` is a code, and all below it; `category` with its items; `severity` 1–4; `weekday` 0 (Monday)–6 and `hour`
    0–23 of reporting in the city; `took` how long it took to close, as a number of `TOOK`; `place` as `PLACE` has it.
    """

    region: str = ""
    category: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    process: tuple[str, ...] = ()
    severity: tuple[int, ...] = ()
    weekday: tuple[int, ...] = ()
    hour: tuple[int, ...] = ()
    step: tuple[str, ...] = ()
    score: tuple[int, ...] = ()
    took: tuple[int, ...] = ()
    place: tuple[str, ...] = ()

    def sql(self) -> tuple[str, dict[str, Any]]:
        """What follows WHERE, and its values."""
        kinds = self.kinds()
        values = {name: list(chosen) if name != "region" else chosen for name, chosen in kinds.items()}
        return " AND ".join(condition(name) for name in kinds) or "true", values

    def kinds(self) -> dict[str, Any]:
        """What is chosen of each kind of which something is."""
        return {name: chosen for name, chosen in structs.asdict(self).items() if chosen}

    def without(self, *kinds: str) -> Filter:
        """The same, with nothing chosen of these kinds."""
        empty = Filter()
        return structs.replace(self, **{kind: getattr(empty, kind) for kind in kinds})


LOCAL_DAY_MS: Final = "(reported + 28800000)"
"""Reporting by the city's clock, which has no summer time, as if it were UTC."""
TOOK_MS: Final = "(closed - reported - coalesce(held_ms, 0))"
"""How long it took to close, pauses left out; missing where it is not closed."""
TOOK: Final = f"floor(2 * log2(greatest({TOOK_MS}, 60000) / 60000.0))::INTEGER"
"""Which of the stretches of time that was, each √2 times as long as the one before: from 2^(n/2) minutes on."""
PLACE: Final = "(CASE WHEN address = '' THEN region ELSE left(region, 9) || ' ' || address END)"
"""Where it was: the address within the town, or without one the region."""
COLUMNS: Final = {
    "weekday": f"({LOCAL_DAY_MS} // 86400000 + 3) % 7",  # 1970 began on a Thursday
    "hour": f"{LOCAL_DAY_MS} // 3600000 % 24",
    "took": TOOK,
    "place": PLACE,
}
"""What is compared where it is no column of its own."""


def condition(kind: str) -> str:
    """The SQL by which what is chosen of one kind holds, given its values as `$kind`."""
    if kind == "region":
        return "starts_with(region, $region)"
    if kind == "category":
        return "(category IN (SELECT unnest($category)) OR branch IN (SELECT unnest($category)))"
    return f"{COLUMNS.get(kind, kind)} IN (SELECT unnest(${kind}))"
