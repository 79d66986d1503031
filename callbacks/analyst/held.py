"""What the workbench's page holds in the browser and sends back with each question, with the type of each value.

Made by the callbacks of this package and `assets/analyst.js`; `wellformed` turns away whatever is of another type.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from callbacks.analyst.panels import PANELS
from layouts.analyst import ids

Unit = Annotated[float, Meta(gt=0, le=1000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Instant = Annotated[int, Meta(ge=0, le=100_000_000_000_000)]
"""UTC ms; of more digits are years that no calendar has."""


class Page(Struct, forbid_unknown_fields=True):
    """Whose question it is, and the language to answer in."""

    page: str
    locale: Literal["zh", "en"]


class Question(Page, forbid_unknown_fields=True):
    """What is being asked: the query, as of when, and how to draw it."""

    search: str
    at: Instant
    unit: Unit
    theme: str | None
    again: int


class Order(Struct):
    """By which column rows are sorted."""

    colId: str | None = None  # noqa: N815 - the grid's own name
    sort: str | None = None


class Block(Struct):
    """Which rows the grid wants."""

    startRow: Count | None = None  # noqa: N815
    sortModel: list[Order] | None = None  # noqa: N815


class Row(Struct):
    """A row that was picked, as far as anybody asks."""

    id: str


INPUTS: Final[dict[str, Any]] = {f"{ids.ASKED}.data": Question}
"""What is never empty once it has changed."""
STATE: Final[dict[str, Any]] = {
    f"{ids.PAGE}.data": Page,
    f"{ids.ASKED}.data": Question | None,
    **{f"{place}.data": Question for place in ids.SHOWN.values()},
    f"{ids.URL}.data": str | None,
    f"{ids.UNIT}.data": Unit | None,
    f"{ids.THEME}.data": str | None,
    f"{ids.REFRESH}.n_clicks": int | None,
    f"{ids.RETRY}.n_intervals": int | None,
    f"{ids.DATES}.start_date": str | None,
    f"{ids.DATES}.end_date": str | None,
    f"{ids.MARKS}.data": Any,  # Plotly's own words, which `clicks` reads with care
    f"{ids.CANCEL}.data": Annotated[list[str | float], Meta(min_length=1)],
    f"{ids.ROWS}.getRowsRequest": Block | None,
    f"{ids.ROWS}.selectedRows": list[Row] | None,
    f"{ids.VIEW_SAVE}.n_clicks": int | None,
    f"{ids.VIEW_NAME}.value": str | None,
    f"{ids.DROP}.data": str | None,
    **{f'{{"note":"{key}"}}.data-drawn': str | None for key in PANELS},
}
