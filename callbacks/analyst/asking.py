"""What every part of the workbench's page asks with: what is looked at, the answer, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from dash import set_props
from dash.exceptions import PreventUpdate

from callbacks.analyst.panels import Looking
from callbacks.analyst.running import Key, Running, Superseded
from dashboard import clock
from dashboard.cases import Asked, Filling
from dashboard.cities import City
from dashboard.indicators import Indicators
from dashboard.scan import Busy, CalledOff, TookTooLong, Unreadable
from layouts.analyst import ids
from layouts.analyst import state as states
from layouts.analyst.names import Names
from layouts.words import LOCALES

T = TypeVar("T")
Case = Callable[[str], dict[str, object]]
"""Everything about one event. Raises KeyError when nobody has reported it."""


class Desk:
    """What every part of the page asks with."""

    def __init__(self, city: City, found: Indicators) -> None:
        self.city, self.found, self.running = city, found, Running()
        self.names = {locale: Names(city, found.book, locale) for locale in LOCALES}

    def look(self, asked: dict[str, Any]) -> tuple[Looking, Names]:
        """What is asked, and the language to answer in."""
        state = states.read(asked["search"], self.found.book)
        calendar = self.city.procedure.clock
        look = Looking(state, asked["at"], self.found, self.city.regions, calendar, self.city.items)
        return look, self.names[asked["locale"]]

    def put(self, asked: dict[str, Any], place: str, ask: Callable[[Asked], T]) -> T:
        """The answer, out of all that was folded at the instant that is asked of: a page's numbers agree.

        Raises:
            What `Running.answer` raises.
        """

        def whole(put: Asked) -> T:
            self.found.cases.reach(min(asked["at"], clock.now_ms()))
            return ask(put)

        return self.running.answer(Key(asked["page"], place), whole)

    def answer(self, asked: dict[str, Any], place: str, ask: Callable[[Asked], T]) -> tuple[T | None, str]:
        """The answer, to a callback of the page; else None, and why there is none. The page asks again soon where that
        may help: whichever of its parts waits for an answer, for that is what it says there."""
        names = self.names[asked["locale"]]
        try:
            return self.put(asked, place, ask), ""
        except Superseded:
            raise PreventUpdate from None
        except CalledOff:
            return None, names.t("why.cancelled")
        except TookTooLong:
            return None, names.t("why.long")
        except Filling as state:
            why = names.t("why.filling", f"{state.done:.0%}")
        except Busy:
            why = names.t("why.busy")
        except Unreadable:
            why = names.t("why.unreadable")
        set_props(ids.RETRY, {"disabled": False})
        return None, why
