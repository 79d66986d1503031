"""Components as plain values: what assets/analyst.js makes elements of, for texts, links and lists.

Dash tells every component of every change, so a page of thousands takes seconds where one of a hundred does not. An
element as told is `[tag, attributes, *children]`, a text is itself. Nothing that a callback listens to can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from dash.development.base_component import Component
from msgspec import json

Told = list[Any] | str
_NAMES: Final = {"className": "class", "tabIndex": "tabindex", "colSpan": "colspan"}
HOOK: Final = "data-told"
"""The property of a component that holds what is told: a JSON object of places' ids and what is in them."""


def told(**places: Any) -> str:
    """What is in the places with these ids (`_` for `-`), as `HOOK` holds it."""
    return json.encode({name.replace("_", "-"): list(_parts(what)) for name, what in places.items()}).decode()


def _parts(content: Any) -> Iterator[Told]:
    if isinstance(content, list | tuple):
        for one in content:
            yield from _parts(one)
    elif isinstance(content, Component):
        yield _element(content)
    elif content is not None and content != "":
        yield str(content)


def _element(part: Component) -> Told:
    said: dict[str, Any] = part.to_plotly_json()  # type: ignore[no-untyped-call]  # Dash has not typed it
    props = said["props"]
    children = _parts(props.pop("children", None))
    attributes = {_NAMES.get(name, name): _value(value) for name, value in props.items() if value not in (None, False)}
    return [said["type"].lower(), attributes, *children]


def _value(value: Any) -> str:
    if isinstance(value, dict):  # a style
        return ";".join(f"{name}:{said}" for name, said in value.items())
    return "" if value is True else str(value)
