"""The assessment in words: each point with its reason, what was not judged said as such."""

from __future__ import annotations

import msgspec

from dashboard.assessment import Period, ranked
from dashboard.clock import DAY_MS
from dashboard.kpibook import load_book
from dashboard.windows import Window
from layouts.assessment import MOST, Sayer
from tests.dashboard.test_assessment import SHEETS, town

BOOK = load_book()
CHOSEN = Period("2026-10", Window(0, DAY_MS), True)


def sayer(locale: str = "zh") -> Sayer:
    return Sayer(SHEETS, "town", BOOK, "en" if locale == "en" else "zh")


def test_every_point_has_its_reason() -> None:
    assert list(sayer().reasons(town((1824, 2000), hours=36, overdue=12))) == [
        "按期办结率 91.20%（1,824/2,000），满分线95%，零分线75%：得48.60/60分，扣11.40分",
        "办结用时 36.0小时（100件），满分线24小时，零分线168小时：得36.67/40分，扣3.33分",
        "超期未结数 12件：−1.20分（最多5分）",
    ]
    assert next(sayer("en").reasons(town((1824, 2000)))) == (
        "On-time closure rate 91.20% (1,824/2,000), full from 95%, none from 75%: 48.60 of 60 points, 11.40 lost"
    )


def test_what_was_not_judged_is_said() -> None:
    assert list(sayer().reasons(town((950, 1000), hours=500, cases=5)))[1:3] == [
        "办结用时 500.0小时（5件）：样本不足，列出但不评（40分不计）", "评到60分，折算为百分制",
    ]  # fmt: skip
    assert list(sayer().reasons(town((950, 1000), hours=None)))[1] == "办结用时：没有可计的事件，不评（40分不计）"


def test_the_page_names_ranks_stars_and_ties() -> None:
    scores = ranked([town((950, 1000)), town((1000, 1000)), town((9, 10)), town((850, 1000))])
    page = sayer().page(scores, lambda key: f"<{key}>", CHOSEN, ["2026", "2026-Q4", "2026-10"])
    assert page.count("1 并列") == 2
    assert "★★★★★" in page
    assert "样本不足，不评" in page
    assert "&lt;990101001&gt;" in page
    assert '<option value="2026-Q4">2026年第4季度</option>' in page


def test_a_page_has_so_many_lines_and_says_how_many_there_are() -> None:
    scores = ranked(msgspec.structs.replace(town((950, 1000)), key=f"{n:04}") for n in range(MOST + 1))
    page = sayer().page(scores, str, CHOSEN, ["2026-10"])
    assert page.count("<details>") == MOST
    assert f"共 {MOST + 1} 名" in page
    assert sum(1 for _ in sayer().rows(scores, str)) == MOST + 2
