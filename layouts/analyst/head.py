"""The parts of the workbench around its charts: path, chips, filter column, cards, tabs, and each chart's head.

Whatever changes what is looked at is a link to another state, so that it can be shared and gone back from.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from dash import html
from dash.development.base_component import Component
from msgspec import structs

from dashboard.kpicount import Row
from dashboard.questions import KINDS as LISTED
from dashboard.taxonomy import branch
from dashboard.windows import KEYS, Window
from layouts.analyst.names import NOTHING, Names, definition
from layouts.analyst.page import PANELS, TABLES
from layouts.analyst.state import BY, KINDS, State
from layouts.panel import hooks

FORMS: Final = ("csv", "xlsx", "parquet")
HEADLINES: Final = ("ontime_rate", "closure_rate", "satisfaction", "time_to_close")
_MOST: Final = 8
"""So many values of a kind are listed before one asks for more."""


def link(text: Any, href: str, kind: str = "", **more: Any) -> Component:
    """A link to another state; assets/analyst.js follows it without loading the page again."""
    return html.A(text, href=href, className=kind, **more)


def crumbs(names: Names, state: State) -> list[Component]:
    """The way down to the chosen region, each step a way back."""
    path = names.city.regions.path(state.chosen.region) or (names.city.regions.city,)
    parts: list[Component] = [
        link(names.region(one.code), state.href(region=one.code if n else "")) for n, one in enumerate(path)
    ]
    return [*parts, html.Span(names.kpi(state.kpi), className="cur")]


def when(names: Names, state: State) -> list[Any]:
    """The windows to choose from."""
    return [link(names.t(f"when.{key}"), state.href(when=key, span=""), _on(state.when == key)) for key in KEYS]


def dates(state: State) -> tuple[str | None, str | None]:
    """The two dates of a window of one's own."""
    first, dots, last = state.when.partition("..")
    return (first, last) if dots else (None, None)


def chips(names: Names, state: State) -> list[Component]:
    """What is chosen, each with a way to let it go."""
    found = [_chip(text, href, names) for text, href in _choices(names, state)]
    if found:
        empty: dict[str, Any] = dict.fromkeys(KINDS, ()) | {"region": "", "span": ""}
        found.append(link(names.t("clear"), state.href(**empty), "clr"))
    return found


def _choices(names: Names, state: State) -> list[tuple[str, str]]:
    """What each choice is called, and the state without it."""
    found = []
    if state.span:
        found.append((state.span.replace("..", " — "), state.href(span="")))
    if state.chosen.region:
        up = names.city.regions.path(state.chosen.region)[:-1]
        found.append((names.region(state.chosen.region), state.href(region=up[-1].code if len(up) > 1 else "")))
    for kind in KINDS:
        for value in getattr(state.chosen, kind):
            left = tuple(v for v in getattr(state.chosen, kind) if v != value)
            found.append((names.of(kind, value), state.href(**{kind: left})))
    return found


def summary(names: Names, state: State) -> str:
    """The window and the choice in one line."""
    window = names.t(f"when.{state.when}") if state.when in KEYS else state.when.replace("..", " — ")
    return " · ".join([window, *(text for text, _ in _choices(names, state))])


def _chip(text: str, href: str, names: Names) -> Component:
    return link([text, html.I("×")], href, "chip on", title=names.t("chip.remove", text))


def against(names: Names, state: State) -> list[Component]:
    """With what the window is compared; choosing the same again ends it."""
    return [
        link(
            names.t(f"against.{key}"),
            state.href(against="" if state.against == key else key),
            _on(state.against == key),
        )
        for key in ("before", "year")
    ]


def facets(names: Names, state: State, counts: dict[str, dict[str, int]]) -> list[Component]:
    """The filter column: each kind's values with how many cases they have, given everything else that is chosen."""
    parts: list[Component] = [_regions(names, state, counts["region"])] if counts["region"] else []
    return parts + [
        (_categories if kind == "category" else _facet)(names, state, kind, counts[kind])
        for kind in LISTED
        if len(counts[kind]) > 1 or getattr(state.chosen, kind)
    ]


class _Line(NamedTuple):
    """A value of a kind, of how many cases, where it leads, whether it is chosen; `sub`: an item of the one before."""

    text: str
    n: int
    href: str
    on: bool = False
    sub: bool = False


def _regions(names: Names, state: State, counts: dict[str, int]) -> Component:
    rows = [
        _Line(names.region(code) if code else names.t("none"), n, state.href(region=code)) for code, n in counts.items()
    ]
    return _listing(names.t("kind.region"), names.about(state.kpi), rows, names)


def _facet(names: Names, state: State, kind: str, counts: dict[str, int]) -> Component:
    chosen = getattr(state.chosen, kind)
    known = counts | {str(value): 0 for value in chosen if str(value) not in counts}
    rows = []
    for text, n in known.items():
        value: Any = int(text) if kind == "severity" else text
        said = names.sign(int(text)) if kind == "severity" else names.of(kind, text)
        rows.append(_Line(said, n, state.href(chosen=state.toggled(kind, value)), value in chosen))
    return _listing(names.t(f"kind.{kind}"), "", sorted(rows, key=lambda row: not row.on), names)


def _categories(names: Names, state: State, kind: str, counts: dict[str, int]) -> Component:
    """The categories; below a chosen one its items."""
    chosen = state.chosen.category
    known = counts | {one: 0 for one in chosen if one not in counts}
    whole: dict[str, int] = {}
    for key, n in known.items():
        whole[branch(key)] = whole.get(branch(key), 0) + n
    opened = {branch(one) for one in chosen}

    def line(key: str, n: int, sub: bool = False) -> _Line:
        return _Line(names.of(kind, key), n, state.href(chosen=state.toggled(kind, key)), key in chosen, sub)

    rows = []
    for above in sorted(whole, key=lambda one: (one not in opened, -whole[one])):
        below = [key for key in known if key != above and branch(key) == above] if above in opened else []
        rows += [line(above, whole[above]), *(line(key, known[key], sub=True) for key in below)]
    return _listing(names.t(f"kind.{kind}"), "", rows, names)


def _listing(title: str, note: str, rows: list[_Line], names: Names) -> Component:
    most = max((row.n for row in rows), default=1) or 1

    def row(line: _Line) -> Component:
        share, kind = {"--share": f"{98 * line.n / most:.1f}%"}, f"{_on(line.on)}{' sub' if line.sub else ''}"
        return link([html.Span(line.text), html.B(f"{line.n:,}")], line.href, kind, title=line.text, style=share)

    most_shown = _MOST + sum(row.sub for row in rows)
    shown, rest = rows[:most_shown], rows[most_shown:]
    parts: list[Component] = [html.H4([title, html.Span(note)]), html.Div([row(one) for one in shown], className="op")]
    if rest:
        more = html.Div([row(one) for one in rest], className="op")
        parts.append(html.Details([html.Summary(names.t("more", len(rest))), more], className="more"))
    return html.Div(parts, className="facet")


def cards(names: Names, state: State, rows: dict[str, Row], then: dict[str, Row] | None) -> list[Component]:
    """The headline indicators with their parts, the chosen one first, and what it means."""
    found = [_card(names, state, code, rows[code], then[code] if then else None) for code in shown_codes(state)]
    said = [html.P(text) for text in definition(names, state.kpi)]
    others = html.Details([html.Summary(names.t("cards.other"), className="btn sm"), html.Div([
        link(names.kpi(code), state.href(kpi=code, rows=""), _on(code == state.kpi)) for code in names.book.measures
    ], className="pop list")], className="menu")  # fmt: skip
    return [*found, html.Div([html.Span([names.t("definition"), others]), *said], className="kp ex")]


def shown_codes(state: State) -> list[str]:
    """The indicators that have a card."""
    return list(dict.fromkeys((state.kpi, *HEADLINES)))[:5]


def _card(names: Names, state: State, code: str, row: Row, then: Row | None) -> Component:
    kpi, said = names.told(code, row)
    value = names.took(row.get("p50")) if kpi.kind == "duration" else names.value(kpi, said.value)
    unit = "" if kpi.kind == "duration" or said.value is None else names.unit(kpi)
    missed = " missed" if said.met is False and not said.small and kpi.kind == "rate" else ""
    lines = [
        html.Span([names.kpi(code), *([names.t("card.median")] if kpi.kind == "duration" else [])]),
        html.B([value, html.I(unit), *(_change(names, code, row, then) if state.against else [])]),
        html.Em([names.parts(kpi, row), "　", names.goal(kpi), *([names.t("small")] if said.small else [])]),
    ]
    return link(lines, state.href(kpi=code, rows=""), f"kp {_on(code == state.kpi)}{missed}")


def _change(names: Names, code: str, row: Row, then: Row | None) -> list[Component]:
    """By how much it has changed: in points of a rate, in percent of anything else; nobody knows without `then`."""
    if then is None:
        return [html.Small(NOTHING)]
    kpi, now = names.told(code, row)
    _, before = names.told(code, then)
    if now.value is None or before.value is None or not (before.value or kpi.kind == "rate"):
        return [html.Small(NOTHING)]
    by = now.value - before.value if kpi.kind == "rate" else 100 * (now.value / before.value - 1)
    arrow = "▲" if by > 0 else "▼" if by < 0 else ""
    return [html.Small(f"{arrow}{abs(by):.2f}" + ("" if kpi.kind == "rate" else "%"))]


def tabs(names: Names, state: State) -> list[Component]:
    """The tabs, and by what is ranked."""
    picks = [link(names.t(f"tab.{tab}"), state.href(tab=tab), f"tb {_on(tab == state.tab)}") for tab in PANELS]
    by = [link(names.t(f"kind.{kind}"), state.href(by=kind), _on(kind == state.by)) for kind in BY]
    grain = [link(names.t(f"grain.{g}"), state.href(grain=g), _on(g == state.grain)) for g in ("day", "week", "month")]
    return [
        *picks,
        html.Span(className="sp"),
        html.Span(names.t("by"), className="lab"),
        html.Span(by, className="seg"),
        html.Span(names.t("grain"), className="lab"),
        html.Span(grain, className="seg"),
    ]


def head(names: Names, state: State, panel: str, title: str, note: str, code: str, now_ms: int) -> list[Component]:
    """A chart's title, what it means, its rows, its picture and its files."""
    numbers = [_file(names, state, f"numbers.{form}", now_ms, panel) for form in FORMS]
    listed = [_file(names, structs.replace(state, rows=code), f"rows.{form}", now_ms) for form in FORMS]
    said = [names.t(f"def.{panel}"), *definition(names, code)]
    copying = hooks(copy=panel, done=names.t("copied"), saved=names.t("copied.file"))
    query = "&".join(
        part for part in (f"panel={panel}", structs.replace(state, tab="overview", rows="", sort="").query()) if part
    )
    pinning = hooks(
        pin=query, title=title, pin_by=names.t("title"),
        **{f"pin_{key}": names.t(f"pin.{key}") for key in ("done", "full", "hangs", "failed")},
    )  # fmt: skip
    done = ((names.t("copy"), copying), (names.t("pin"), pinning)) if panel not in TABLES else ()
    picture = [html.Div(html.Button(word, className="lnk", **more)) for word, more in done]
    files = [html.P(names.t("files.numbers")), html.Div(numbers), html.P(names.t("files.rows")), html.Div(listed)]
    tools = [
        _menu(names.t("definition"), [html.P(text) for text in said]),
        link(names.t("rows"), f"{state.href(rows=code if code != state.kpi else '')}#rows-panel"),
        _menu(names.t("files"), [*picture, *files]),
    ]
    return [html.H4([html.B(title, title=title), html.Span(note, title=note)]), html.Div(tools, className="tools")]


def rows_head(names: Names, state: State, code: str, n: int, now_ms: int) -> list[Component]:
    """The title above the rows, and their files."""
    files = [_file(names, state, f"rows.{form}", now_ms) for form in FORMS]
    others = [link(names.t("rows.back", names.kpi(state.kpi)), state.href(rows=""))] if code != state.kpi else []
    return [
        html.H4([names.t("rows.title", names.kpi(code)), html.Span(names.t("cases", f"{n:,}"))]),
        html.Div([*others, *files], className="tools"),
    ]


def _file(names: Names, state: State, name: str, now_ms: int, panel: str = "") -> Component:
    query = "&".join(
        part
        for part in (state.query(), f"panel={panel}" if panel else "", f"at={now_ms}", f"lang={names.locale}")
        if part
    )
    return html.A(name.rpartition(".")[2].upper(), href=f"/api/analyst/{name}?{query}", download="")


def _menu(text: str, content: list[Component]) -> Component:
    return html.Details([html.Summary(text, className="lnk"), html.Div(content, className="pop")], className="menu")


def _on(on: bool) -> str:
    return "on" if on else ""


def window_said(names: Names, one: Window) -> str:
    """From when to when."""
    return f"{names.minute(one.start + 1)} — {names.minute(one.end)}"
