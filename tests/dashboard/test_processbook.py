"""Reading process profiles: what a wrong file is told, and which process an event follows."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.process import Actor
from dashboard.processbook import (
    SHIPPED,
    Choice,
    Choices,
    Condition,
    ProcessError,
    choose,
    load_processes,
    read_process,
)
from dashboard.terms import Severity
from tests.processes import (
    HUAIAN,
    MINIMAL,
    PROCESSES,
    B,
    C,
    E,
    H,
    M,
    R,
    S,
    T,
    X,
    minimal,
    own,
    refusal,
)


def test_a_small_file_says_what_it_says_and_nothing_else() -> None:
    process = minimal()
    assert process.allowed(H) == {T, E}
    assert (process.limit(Severity.urgent), process.within(R, Severity.urgent), process.hold) == (None, None, True)
    assert process.limit_start is H, "accepted is not among the steps"
    process.judge(H, E, Actor.worker)
    assert refusal(process, H, X).rule == "unknown_step"


def test_a_report_and_its_end_are_process_enough() -> None:
    lines = MINIMAL.replace("next: [handling]", "next: [evaluated]").splitlines()
    text = "\n".join(line for line in lines if "handling" not in line and "tracked" not in line)
    process = read_process(text.encode())
    assert (process.n, process.after(R, E)) == (2, E)
    with pytest.raises(ProcessError, match="limit_from: evaluated is no step"):
        read_process(f"{text}\nlimit: {{normal: 3d}}".encode())


def test_a_move_may_have_a_name_of_its_own() -> None:
    process = minimal(more="moves: {merged: {name: {zh: 合并, en: Joined}}, cancelled: {}}")
    assert [process.label(step).zh for step in (M, C, H, S)] == ["合并", "作废", "处置", "supervised"]


def test_a_move_without_from_may_be_made_at_every_open_step_and_a_return_at_every_later_one() -> None:
    process = minimal(more="moves: {cancelled: {}, returned: {to: handling}}")
    assert {step for step in own(process) if C in process.allowed(step)} == {R, H, T}
    assert {step for step in own(process) if B in process.allowed(step)} == {T}
    assert process.after(T, B) is H


HANDLING, TRACKED, LAST = "next: [tracked, evaluated]", "optional: true, next: [evaluated]", "en: Judged}}"


@pytest.mark.parametrize(
    ("old", "new", "more", "said"),
    [
        # the text and its fields
        ("key: two", "key: [", "", "two.yaml: "),
        ("key: two", "kee: two", "", "unknown field `kee`"),
        ("source: made up\n", "", "", "missing required field `source`"),
        ("step: handling", "step: handled", "", "'handled' - at `$.steps[1] (handled).step`"),
        (HANDLING, f"{HANDLING}, by: [mayor]", "", "'mayor' - at `$.steps[1] (handling).by["),
        (HANDLING, f"{HANDLING}, within: {{normal: 3 d}}", "", "`$.steps[1] (handling).within["),
        (HANDLING, f"{HANDLING}, within: {{normal: ３d}}", "", "`$.steps[1] (handling).within["),
        (HANDLING, f"{HANDLING}, within: {{dire: 3d}}", "", "'dire' - at `key` in `$.steps[1] (handling).within`"),
        ("step: handling, ", "", "", "missing required field `step` - at `$.steps[1]`"),
        ("", "", "limit: {normal: 3w}", "`$.limit[...]`"),
        ("", "", "limit: {dire: 3d}", "'dire' - at `key` in `$.limit`"),
        ("", "", "undo: {window: soon, steps: [handling]}", "`$.undo.window`"),
        ("", "", "moves: {merged: {at: 3}}", "unknown field `at` - at `$.moves[...]`"),
        ("", "", "moves: {extended: {most: 0}}", "`$.moves[...].most`"),
        # names that cannot stand where they stand
        ("step: reported", "step: accepted", "", "steps[0] (accepted): the first step must be reported"),
        ("closed_at: evaluated", "closed_at: tracked", "", "closed_at: tracked is not the last of the steps"),
        ("closed_at: evaluated", "closed_at: feedback", "", "closed_at: feedback is not the last of the steps"),
        ("step: tracked", "step: merged", "", "steps[2] (merged).step: is a move, not a step"),
        ("step: tracked", "step: handling", "", "steps[2] (handling).step: stands twice"),
        (
            HANDLING,
            "next: [tracked, evaluated, feedback]",
            "",
            "steps[1] (handling).next: leads to feedback, which is no",
        ),
        (HANDLING, "next: [tracked, evaluated, merged]", "", "steps[1] (handling).next: leads to merged, which is no"),
        (
            HANDLING,
            "next: [tracked, evaluated, reported]",
            "",
            "steps[1] (handling).next: leads to reported, the start",
        ),
        ("", "", "moves: {tracked: {}}", "moves.tracked: is a step, not a move"),
        ("", "", "moves: {merged: {from: [accepted]}}", "moves.merged: accepted is no step of this process at which"),
        ("", "", "moves: {merged: {from: [evaluated]}}", "moves.merged: evaluated is no step of this process at which"),
        ("", "", "moves: {returned: {to: accepted}}", "moves.returned: accepted is no step of this process at which"),
        ("", "", "limit_from: accepted", "limit_from: accepted is no step of this process"),
        ("", "", "limit_from: evaluated", "limit_from: evaluated is no step of this process at which an event is open"),
        ("", "", "counts_as: {urgent: major, major: serious}", "counts_as.urgent: major itself counts as another"),
        ("", "", "counts_as: {urgent: major}\nlimit: {urgent: 1h}", "limit: urgent counts as major here"),
        (
            HANDLING,
            f"{HANDLING}, within: {{urgent: 1h}}",
            "counts_as: {urgent: major}",
            "steps[1] (handling).within: urg",
        ),
        ("", "", "undo: {window: 2m, steps: [accepted]}", "undo.steps: accepted is not for this process"),
        ("", "", "undo: {window: 2m, steps: [reported]}", "undo.steps: reported is not for this process"),
        (
            "",
            "moves: {merged: {}}",
            "undo: {window: 2m, steps: [merged]}",
            "undo.steps: merged is not for this process",
        ),
        # moves that could not be made, or not be unmade
        ("", "", "moves: {returned: {from: [tracked]}}", "moves.returned.to: is missing"),
        ("", "", "moves: {merged: {to: handling}}", "moves.merged.to: only returned leads to another step"),
        ("", "", "moves: {merged: {at_most: 3d}}", "moves.merged.at_most: only extended and paused have a length"),
        ("", "", "moves: {returned: {to: handling, from: [reported]}}", "moves.returned.from: reported does not stand"),
        ("", "", "moves: {returned: {to: handling, from: [handling]}}", "moves.returned.from: handling does not stand"),
        ("", "", "moves: {paused: {}}", "moves: paused and resumed go together"),
        ("", "", "moves: {resumed: {}}", "moves: paused and resumed go together"),
        ("", "", "moves: {paused: {}, resumed: {from: [reported, tracked]}}", "an event paused at handling could not"),
        # ways
        (TRACKED, "optional: true, next: []", "", "steps[2] (tracked).next: is a dead end; only evaluated may have"),
        (
            TRACKED,
            "optional: true, next: [tracked]",
            "",
            "steps[2] (tracked).next: no way leads from here to evaluated",
        ),
        (HANDLING, "next: [evaluated]", "", "steps[2] (tracked).step: no way leads here from reported"),
        (
            HANDLING,
            "next: [tracked]",
            "",
            "steps[1] (handling).next: does not lead to evaluated, so that tracked, which",
        ),
        (", next: [handling]", ", next: [tracked]", "", "steps[0] (reported).next: does not lead to handling"),
        (LAST, "en: Judged}, next: [handling]}", "", "steps[3] (evaluated).next: the event is closed here"),
        (LAST, "en: Judged}, within: {normal: 3d}}", "", "steps[3] (evaluated).within: the event is closed here"),
        (LAST, "en: Judged}, optional: true}", "", "steps[3] (evaluated).optional: the first step and the closing one"),
        (
            "en: Found}",
            "en: Found}, optional: true",
            "",
            "steps[0] (reported).optional: the first step and the closing",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_step_and_field(old: str, new: str, more: str, said: str) -> None:
    with pytest.raises(ProcessError, match=re.escape(said)) as caught:
        minimal(old, new, more)
    assert all(line.startswith("two.yaml: ") for line in str(caught.value).splitlines() if "(" in line)
    assert str(caught.value).startswith("two.yaml: ")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ProcessError) as caught:
        minimal(more="moves: {merged: {to: handling, at_most: 3d}, paused: {}}")
    assert len(str(caught.value).splitlines()) == 3


@settings(deadline=None)
@given(st.from_regex(r"[0-9]{1,3}(\.[0-9])?(m|h|d|wh|wd)", fullmatch=True))
def test_a_well_formed_span_is_kept_as_it_is_written(span: str) -> None:
    assert minimal(more=f"limit: {{normal: {span}}}").limit(Severity.normal) == span


@pytest.mark.parametrize("span", ["", "d", "7", "7w", "-1d", "1,5h", "1.h", ".5h", "1h30m", " 7wd", "7wd ", '"7wd\\n"'])
def test_a_badly_formed_span_is_refused(span: str) -> None:
    text = span if span.startswith('"') else f'"{span}"'
    with pytest.raises(ProcessError, match=r"two\.yaml: .*limit"):
        minimal(more=f"limit: {{normal: {text}}}")


def test_a_folder_is_read_by_key(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(MINIMAL, encoding="utf-8")
    (tmp_path / "readme.txt").write_text("not one", encoding="utf-8")
    assert list(load_processes(tmp_path)) == ["two"]
    (tmp_path / "three.yaml").write_text(MINIMAL, encoding="utf-8")
    with pytest.raises(ProcessError, match=r"three\.yaml: key: 'two' is not the file's name"):
        load_processes(tmp_path)


def test_a_folder_without_a_process_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match="holds no process"):
        load_processes(tmp_path)


@pytest.mark.parametrize("path", [SHIPPED / f"{key}.yaml" for key in PROCESSES], ids=lambda path: path.stem)
def test_the_shipped_spans_are_said_to_be_examples(path: Path) -> None:
    assert "SPANS" in path.read_text(encoding="utf-8")
    assert "EXAMPLES for the" in path.read_text(encoding="utf-8").replace("\n# ", " ")


# --- which process an event follows ----------------------------------------------------------------------------------

RULES = msgspec.yaml.decode(
    """
default: suzhou
rules:
  - {when: {whistle: true}, process: tianning}
  - {when: {categories: [dispute, labour], severities: [normal, serious]}, process: huaian}
  - {when: {channels: [patrol], whistle: false}, process: huaian}
  - {when: {categories: [dispute]}, process: tianning}
""",
    type=Choices,
)


@pytest.mark.parametrize(
    ("category", "severity", "channel", "whistle", "declared", "key"),
    [
        ("environment", "normal", "hotline", False, "", "suzhou"),
        ("environment", "normal", "hotline", True, "", "tianning"),
        ("dispute", "normal", "hotline", True, "", "tianning"),
        ("dispute", "serious", "hotline", False, "", "huaian"),
        ("labour", "normal", "hotline", False, "", "huaian"),
        ("labour.wages", "normal", "hotline", False, "", "huaian"),
        ("dispute", "urgent", "hotline", False, "", "tianning"),
        ("labour", "urgent", "hotline", False, "", "suzhou"),
        ("labour", "urgent", "patrol", False, "", "huaian"),
        ("dispute", "urgent", "patrol", False, "", "huaian"),
        ("environment", "normal", "patrol", True, "suzhou", "suzhou"),
        ("environment", "normal", "hotline", False, "tianning", "tianning"),
    ],
)
def test_a_declared_process_wins_then_the_first_rule_that_fits_then_the_default(
    category: str, severity: str, channel: str, whistle: bool, declared: str, key: str
) -> None:
    level = Severity[severity]
    found = choose(
        PROCESSES, RULES, category=category, severity=level, channel=channel, whistle=whistle, declared=declared
    )
    assert found is PROCESSES[key]


def test_without_rules_everything_follows_the_default() -> None:
    assert choose(PROCESSES, Choices("huaian"), category="x", severity=Severity.normal, whistle=True) is HUAIAN


@pytest.mark.parametrize(
    ("rules", "declared"),
    [
        (Choices("nowhere"), ""),
        (RULES, "nowhere"),
        (Choices("suzhou", (Choice(Condition(), "nowhere"),)), ""),
    ],
)
def test_a_process_that_is_not_there_is_refused_with_those_there_are(rules: Choices, declared: str) -> None:
    with pytest.raises(ProcessError, match="no process 'nowhere'; there are: huaian, suzhou, tianning"):
        choose(PROCESSES, rules, category="dispute", severity=Severity.normal, declared=declared)


def test_choices_know_no_other_severity_and_no_other_field() -> None:
    for when in ("{severities: [dire]}", "{category: [dispute]}"):
        with pytest.raises(msgspec.ValidationError, match=r"rules\[0\]\.when"):
            msgspec.yaml.decode(f"default: suzhou\nrules: [{{when: {when}, process: huaian}}]", type=Choices)
