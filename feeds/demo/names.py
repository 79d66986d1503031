"""The people: who works in the demo city, in which role and which grid. All names are invented.

It says who there is, not where they are or what they do now (`walkers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dashboard.model import Role
from feeds.demo.dice import Dice

_ROLES: Final = {
    Role.full_time: 3420,
    Role.part_time: 4300,
    Role.grid_head: 1049,
    Role.volunteer: 2900,
    Role.liaison: 1049,
    Role.supervisor: 362,
}
"""Changzhou's 13,080 by role; other totals are shared out alike."""

_SURNAMES: Final = {
    "王": 70, "张": 66, "陈": 58, "李": 56, "周": 48, "吴": 44, "徐": 42, "刘": 40, "朱": 34, "杨": 33, "蒋": 33,
    "钱": 28, "孙": 28, "赵": 28, "陆": 24, "顾": 22, "黄": 22, "沈": 22, "胡": 20, "姚": 17, "谢": 16, "许": 16,
    "史": 15, "潘": 15, "高": 14, "曹": 14, "金": 14, "唐": 13, "丁": 13, "薛": 12, "陶": 12, "袁": 11, "恽": 5,
    "邹": 10, "汤": 10, "承": 5, "是": 4, "芮": 7, "狄": 6, "彭": 9, "姜": 9, "何": 12, "林": 10, "郑": 10, "殷": 8,
    "韩": 8, "冯": 8, "程": 8, "董": 7, "虞": 5, "巢": 5, "万": 5, "戴": 7, "吕": 6, "岳": 3, "庄": 5, "秦": 6,
}  # fmt: skip
_FIRST: Final = "建国志文明玉小春秀海永晓丽美雪佳思俊宇子雅嘉婷伟红兰菊荣福根金银锡正卫东亚云月冬夏秋凤桂素爱"
_SECOND: Final = "平华明芳英兰军强勇杰涛斌辉鹏峰超刚林琴娟燕萍霞玲艳敏静洁倩颖琳慧怡欣妍宁清生兴法大民良新荣才"
_SINGLE: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚燕琴萍琳俊峰斌彬华健凯浩鑫倩颖洁慧佳宁波"


@dataclass(frozen=True, slots=True)
class Roster:
    """n workers: ids, names, role (`Role` values) and grid (an index into the city's grids)."""

    worker_id: NDArray[np.object_]
    name: list[str]
    role: NDArray[np.int8]
    grid: NDArray[np.int32]


def draw_roster(count: int, grids: int, dice: Dice) -> Roster:
    """`count` workers over `grids` grids, as evenly as they go; every grid gets a full- or part-timer first.

    Raises:
        ValueError: no workers, or no grids.
    """
    if count < 1 or grids < 1:
        raise ValueError(f"a roster needs workers and grids, not {count} and {grids}")
    places = np.tile(dice.rng.permutation(grids), -(-count // grids))[:count].astype(np.int32)
    role = np.repeat([int(r) for r in _ROLES], _headcounts(count)).astype(np.int8)
    order = np.lexsort((role, places))
    width = max(5, len(str(count)))
    ids = np.array([f"W{n:0{width}d}" for n in range(1, count + 1)], dtype=object)
    return Roster(ids, [_name(dice) for _ in range(count)], role[order], places[order])


def _headcounts(count: int) -> list[int]:
    """Share `count` out over the roles; rounding goes to the full-timers."""
    total = sum(_ROLES.values())
    shares = [count * n // total for n in _ROLES.values()]
    shares[0] += count - sum(shares)
    return shares


def _name(dice: Dice) -> str:
    surname = dice.weighted(_SURNAMES)
    return surname + (dice.pick(_SINGLE) if dice.chance(0.24) else dice.pick(_FIRST) + dice.pick(_SECOND))
