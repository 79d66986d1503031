"""The KPI screen's frame (核心指标): three rate cards, ranking, step flow, the day by hours, four tiles.

Charts are `dcc.Graph`s whose figures `assets/wall/kpi/kpi.mjs` sets; this module draws no figure.
"""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.model import MOST_PINS
from layouts import ids
from layouts.panel import aria, hooks, panel
from layouts.words import Words

_TEST_IDS = {"closure": "kpi-closure-rate", "ontime": "kpi-ontime-rate", "satisfaction": "kpi-satisfaction"}
Child = str | Component
TILES = ("open", "overdue", "reported", "closed", "rated", "alarms")


def _graph(graph_id: str, kind: str) -> Component:
    figure = {
        "data": [],
        "layout": {
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "margin": dict.fromkeys("lrtb", 0),
        },
    }
    graph = dcc.Graph(id=graph_id, figure=figure, config={"staticPlot": True, "displayModeBar": False}, responsive=True)
    return html.Div(graph, className=kind)


def _card(rate: str, target: float, words: Words) -> Component:
    slot = f"{rate}-"
    name = html.Span([words[f"kpi.{rate}"], html.Small(**hooks(slot=slot + "note"))])
    head = html.Div([name, html.Em(words["kpi.target"].replace("{0}", f"{target:.2f}"))], className="k1")
    value = [
        html.B("—", **hooks(testid=_TEST_IDS[rate], slot=slot + "value")),
        html.I("%"),
        html.Span([_change(slot, ""), _change(slot, "year-")], className="ch"),
    ]
    parts: list[Child] = [
        html.B("—", **hooks(slot=slot + "num")),
        " / ",
        html.Span("—", **hooks(slot=slot + "den")),
        html.Em(words[f"kpi.{rate}.parts"]),
    ]
    lines = [head, html.Div(value, className="k2"), _graph(ids.SPARKS[rate], "spark"), html.Div(parts, className="k3")]
    return html.Div(lines, className="kc", **hooks(rate=rate))


def _change(slot: str, which: str) -> Component:
    return html.Span([html.Small(**hooks(slot=f"{slot}{which}base")), html.Span(**hooks(slot=f"{slot}{which}change"))])


def _mix(words: Words) -> Component:
    """What was reported, by category and by channel."""
    lists = [
        html.Div([html.H5(words[f"kpi.mix.{by}"]), html.Ol(className="mxl", **hooks(slot=f"mix-{by}"))])
        for by in ("category", "channel")
    ]
    return html.Div(lists, className="mxs")


def _box(kind: str, title: str, note: str | Component, content: Component) -> Component:
    return html.Div(
        [html.H4([html.B(title, **hooks(slot=f"{kind}-title")), html.Span(note)]), content], className=f"box {kind}"
    )


def _legend(words: Words) -> Component:
    bar, line = html.I(className="k-bar"), html.I(className="k-line")
    return html.Span([bar, words["kpi.reported"], line, words["kpi.closed"]], className="lg")


def _tiles(words: Words) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Span(words[f"kpi.tile.{key}"], **hooks(slot=f"tile-{key}-name")),
                    html.B("—", **hooks(slot=f"tile-{key}")),
                ],
                className=f"t-{key}",
            )
            for key in TILES
        ],
        className="tiles",
    )


def _ranking() -> Component:
    note = html.P(className="nt", **hooks(slot="ranking-note"))
    return html.Div([html.Ol(className="rk", **hooks(slot="ranking")), note], className="rkc")


def _detail(words: Words, target: float) -> Component:
    wanted = words["kpi.target"].replace("{0}", f"{target:.2f}")
    return html.Div(
        [
            _box("rkb", words["kpi.ranking"], wanted, _ranking()),
            _box("fnb", words["kpi.flow"], words["kpi.flow.note"], html.Ol(className="fn", **hooks(slot="flow"))),
            _box("hrb", words["kpi.hourly"], _legend(words), _graph(ids.HOURLY, "hours")),
            _box("mxb", words["kpi.mix"], words["kpi.mix.note"], _mix(words)),
            html.Div([_tiles(words), _readings(words)], className="box tlb"),
        ],
        className="g2",
    )


def _readings(words: Words) -> Component:
    """The surveyed indicators; hidden where nobody has sent any."""
    rows = html.Ol(className="rdl", **hooks(slot="readings"))
    return html.Section([html.H5(words["kpi.readings"]), rows], className="rds", hidden=True, **hooks(slot="surveys"))


def _desks(words: Words) -> Component:
    """The way to the desks behind the numbers; on the page of this screen alone, for nobody clicks on a wall."""
    links = [html.A(words[f"{page}.page"], href=f"/{page}") for page in ("analyst", "brief", "assessment")]
    return html.Nav(links, className="desks", **aria(label=words["kpi.desks"]))


def _pins(words: Words) -> Component:
    """The charts that analysts have pinned to the wall; each is hidden while nothing hangs there."""
    return html.Section(
        [_pin(words, n) for n in range(MOST_PINS)],
        className="pins",
        hidden=True,
        **hooks(slot="pins"),
        **aria(label=words["kpi.pin.label"]),
    )


def _pin(words: Words, n: int) -> Component:
    down = html.Button(words["kpi.pin.down"], className="down", **hooks(slot=f"pin-{n}-down"))
    said = [html.B(**hooks(slot=f"pin-{n}-title")), html.Span(**hooks(slot=f"pin-{n}-said")), down]
    return html.Div([html.H4(said), _graph(ids.PIN.format(n), "hours")], className="box", hidden=True)


def screen(words: Words, targets: dict[str, float]) -> Component:
    """The KPI screen; `targets` in percent by rate (closure, ontime, satisfaction)."""
    cards = html.Div([_card(rate, targets[rate], words) for rate in ids.RATES], className="kcs")
    label = aria(label=words["kpi.windows"])
    window = html.Div(className="seg", role="radiogroup", **hooks(slot="windows"), **label)
    said = html.Span("", className="q", **hooks(slot="window"))
    return panel(
        ids.SCREEN_KPI,
        "kpi",
        words["kpi.title"],
        words,
        [cards, _detail(words, targets["ontime"]), _pins(words)],
        [window, _desks(words), said],
    )
