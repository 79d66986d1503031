"""What stands round a city's daily brief: its name, who issues and signs it, who gets copies. Data of the city pack."""

from __future__ import annotations

from msgspec import Struct

from dashboard.process import Label


class Masthead(Struct, frozen=True, forbid_unknown_fields=True):
    """`title` and `issuer` (编发单位) above; at the end `signed` (签发), `copies` (抄送) and `printed` (印发)."""

    title: Label = Label("每日情况", "Daily Brief")
    issuer: Label = Label("网格化社会治理联动指挥中心", "Grid Governance Command Centre")
    signed: Label = Label("（待签发）", "(to be signed)")
    copies: tuple[Label, ...] = ()
    printed: Label = Label("网格化社会治理联动指挥中心", "Grid Governance Command Centre")
