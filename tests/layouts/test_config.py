from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.cities import Text, load_city
from layouts.config import embed, page_config


def config(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "locale": "zh",
        "version": "1",
        "track_minutes": 60,
        "fix_stale_s": 60,
        "fix_lost_s": 600,
    }
    return page_config(load_city("changzhou"), **(given | changes))


def test_it_carries_the_city() -> None:
    page = config()
    assert [d["name"]["en"] for d in page["districts"]][:2] == ["Tianning", "Zhonglou"]
    assert len(page["towns"]) == 67
    assert page["sources"]["positioning"]["stream"] == "wall:positions"
    assert page["words"]["queue.title"] == "事件队列"


def test_a_stream_is_judged_by_its_briskest_source() -> None:
    page = config()
    sources = [s for s in page["sources"].values() if s["stream"] == "wall:events"]
    assert page["streams"]["wall:events"]["late_s"] == min(s["late_s"] for s in sources)
    assert page["streams"]["wall:events"]["stale_s"] == min(s["stale_s"] for s in sources)


def test_a_note_on_the_satisfaction_is_optional() -> None:
    assert config()["city"]["note"] is None
    assert config(note=Text("演示", "demo"))["city"]["note"] == {"zh": "演示", "en": "demo"}


def test_it_carries_every_process_in_words() -> None:
    page = json.loads(embed(config()))
    assert page["process"] in page["processes"]
    eight = page["processes"]["suzhou"]
    names = [step["name"]["zh"] for step in eight["steps"]]
    assert names == ["发现", "受理", "分流", "处置", "跟踪", "督办", "反馈", "评价"]
    assert [step["step"] for step in eight["steps"] if step["optional"]] == ["tracked", "supervised"]
    assert eight["steps"][6] == {
        "step": "feedback", "name": {"zh": "反馈", "en": "Feedback"}, "optional": False,
        "next": ["handling", "evaluated"], "by": ["seat", "chief", "department", "worker", "system"],
    }  # fmt: skip
    assert eight["closed_at"] == "evaluated"


def test_a_move_has_the_name_its_process_gives_it() -> None:
    processes = config()["processes"]
    assert processes["suzhou"]["moves"]["paused"]["zh"] == "挂账"
    assert processes["huaian"]["moves"]["paused"]["zh"] == "缓办"


@pytest.mark.parametrize(
    "nasty", ["</script><script>alert(1)</script>", "<!--", "a\u2028b\u2029c", "{%renderer%}", "&lt;"]
)
def test_embedded_json_cannot_break_out_and_reads_back_the_same(nasty: str) -> None:
    text = embed({"x": nasty})
    assert not any(bad in text for bad in ("<", ">", "&", "\u2028", "\u2029", "{%"))
    assert json.loads(text) == {"x": nasty}
