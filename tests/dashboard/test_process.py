"""Process profiles: what each shipped one allows and refuses, what a wrong file is told, and who follows which."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.process import LEAVING, MOVES, STAYING, Actor, Forbidden, Process
from dashboard.terms import Severity, Step
from tests.processes import (
    HUAIAN,
    OFF,
    PROCESSES,
    SUZHOU,
    TIANNING,
    A,
    B,
    E,
    F,
    G,
    H,
    M,
    P,
    R,
    S,
    T,
    U,
    X,
    minimal,
    own,
    places_to_stand,
    refusal,
)

EVERY = pytest.mark.parametrize("process", PROCESSES.values(), ids=list(PROCESSES))
ACTORS = tuple(Actor)

GRAPHS: dict[str, dict[Step, set[Step]]] = {
    "suzhou": {
        R: {A, X, *OFF},
        A: {G, S, X, *OFF},
        G: {G, H, S, X, B, P, *OFF},
        H: {G, T, S, F, X, B, P, *OFF},
        T: {H, S, F, X, B, P, *OFF},
        S: {G, H, T, F, X, B, P, *OFF},
        F: {H, E, X, B, *OFF},
        E: set(),
    },
    "huaian": {
        R: {A, *OFF},
        A: {G, S, *OFF},
        G: {G, H, S, X, B, P, *OFF},
        H: {G, S, E, X, B, P, *OFF},
        S: {G, H, E, X, B, P, *OFF},
        E: set(),
    },
    "tianning": {
        R: {G, *OFF},
        G: {G, H, X, P, *OFF},
        H: {G, F, X, B, P, *OFF},
        F: {H, E, X, B, *OFF},
        E: set(),
    },
}
"""Written out by hand, apart from the files: where an event stands, and what may follow."""
BACK_TO = {"suzhou": A, "huaian": A, "tianning": G}
NAMES = {
    "suzhou": "发现 受理 分流 处置 跟踪 督办 反馈 评价",
    "huaian": "问题排查 采集上报 分流指派 分级处置 督查督办 办结核查",
    "tianning": "问题收集 基层吹哨 部门报到 处理反馈 综合评价",
}


def expected_ground(process: Process, current: Step, step: Step) -> str:
    """The ground on which a non-edge must be refused."""
    if current in {E, *OFF}:
        return "closed"
    if step not in own(process) and step not in process.moves:
        return "unknown_step"
    return "paused" if step is U else "edge"


def someone(process: Process, step: Step) -> Actor:
    """Somebody who may take it."""
    rule = process.rule(step)
    assert rule is not None
    return rule.by[0] if rule.by else Actor.worker


# --- the shipped processes -------------------------------------------------------------------------------------------


def test_three_processes_ship() -> None:
    assert set(PROCESSES) == set(GRAPHS)


@EVERY
def test_steps_bear_their_own_names(process: Process) -> None:
    assert own(process) == list(GRAPHS[process.key])
    assert [entry.name.zh for entry in process.steps] == NAMES[process.key].split()
    assert process.n == len(GRAPHS[process.key])


@EVERY
def test_every_edge_is_taken_and_every_other_is_refused_on_the_right_ground(process: Process) -> None:
    for current in places_to_stand(process):
        ways = GRAPHS[process.key].get(current, set())
        assert process.allowed(current) == ways
        for step in Step:
            if step in ways:
                there = {B: BACK_TO[process.key]}.get(step, current if step in STAYING else step)
                assert process.after(current, step) is there
                process.judge(current, step, someone(process, step), reason="路面要重修")
            else:
                assert refusal(process, current, step).rule == expected_ground(process, current, step)


@EVERY
def test_a_paused_event_waits_until_it_is_resumed_or_taken_off_the_queue(process: Process) -> None:
    for current in own(process)[:-1]:
        assert process.allowed(current, paused=True) == {U, *OFF}
        assert process.after(current, U, paused=True) is current
        for step in process.allowed(current) - OFF:
            assert refusal(process, current, step, paused=True).rule == "paused"


@EVERY
def test_the_main_way_is_open_with_the_optional_steps_and_without(process: Process) -> None:
    required = [entry.step for entry in process.steps if not entry.optional]
    for way in (own(process), required):
        places = [process.place(process.after(here, there)) for here, there in pairwise(way)]
        assert places == sorted(set(places))
    assert [process.place(step) for step in own(process)] == list(range(1, process.n + 1))


@EVERY
def test_who_left_another_way_has_all_dots_and_a_step_of_another_process_has_none(process: Process) -> None:
    assert {process.place(step) for step in LEAVING} == {process.n}
    for step in set(Step) - set(own(process)) - LEAVING:
        with pytest.raises(KeyError):
            process.place(step)


@EVERY
def test_every_step_can_reach_closing(process: Process) -> None:
    for start in own(process):
        reached, todo = {start}, [start]
        while todo:
            here = todo.pop()
            new = {process.after(here, step) for step in process.allowed(here) - OFF} - reached
            reached |= new
            todo += new
        assert process.closed_at in reached


@EVERY
def test_only_those_named_may_take_a_step(process: Process) -> None:
    for current, ways in GRAPHS[process.key].items():
        for step in ways:
            rule = process.rule(step)
            assert rule is not None
            for actor in ACTORS:
                if actor in (rule.by or ACTORS):
                    process.judge(current, step, actor, reason="已联系当事人")
                else:
                    refused = refusal(process, current, step, actor, reason="已联系当事人")
                    assert (refused.rule, refused.parts.actors) == ("actor", rule.by)


@EVERY
def test_moves_need_a_reason_and_have_their_bounds(process: Process) -> None:
    for current, ways in GRAPHS[process.key].items():
        for step in ways & MOVES.keys():
            move, actor = process.moves[step], someone(process, step)
            assert move.needs_reason
            assert refusal(process, current, step, actor, reason=" \t").rule == "reason"
            if move.most is not None:
                process.judge(current, step, actor, reason="雨天", times=move.most - 1)
                refused = refusal(process, current, step, actor, reason="雨天", times=move.most)
                assert (refused.rule, refused.parts.bound) == ("times", str(move.most))
            if move.at_most is not None:
                refused = refusal(process, current, step, actor, reason="雨天", exceeds=True)
                assert (refused.rule, refused.parts.bound) == ("span", process.at_most(step))


@EVERY
def test_resuming_needs_no_reason(process: Process) -> None:
    process.judge(H, U, Actor.seat, paused=True)
    assert process.moves[U].needs_reason is False


@EVERY
@pytest.mark.parametrize("severity", Severity)
def test_every_severity_has_a_limit_and_every_open_step_a_span(process: Process, severity: Severity) -> None:
    assert process.limit(severity)
    assert all(process.within(step, severity) for step in own(process)[:-1])
    assert process.within(process.closed_at, severity) is None


def test_urgent_matters_have_hours_and_normal_ones_days() -> None:
    for process in (SUZHOU, HUAIAN):
        assert (process.limit(Severity.urgent), process.limit(Severity.normal)) == ("4h", "7wd")
        assert process.limit_start is Step.accepted


def test_a_whistle_has_seven_working_days_and_three_levels() -> None:
    assert {TIANNING.limit(severity) for severity in Severity} == {"7wd"}
    assert TIANNING.limit_start is Step.assigned
    assert TIANNING.level(Severity.urgent) == "major"
    assert TIANNING.within(G, Severity.urgent) == TIANNING.within(G, Severity.major)
    assert [SUZHOU.level(severity) for severity in Severity] == [severity.name for severity in Severity]
    assert X in TIANNING.moves


def test_what_may_be_taken_back() -> None:
    assert SUZHOU.undo_window(A) == "2m"
    assert SUZHOU.undo_window(H) is None
    assert minimal().undo_window(A) is None
    assert SUZHOU.at_most(H) is None


def test_a_refusal_says_both_steps_by_their_own_names_and_what_would_do() -> None:
    refused = refusal(HUAIAN, H, A, Actor.seat)
    assert str(refused) == (
        "Closed loop of six steps: Recorded and reported may not follow Handled by level: there is no such way; "
        "allowed: Assigned by line, Supervised, Verified and closed, Extended, Returned, Merged, Cancelled, Deferred"
    )
    assert (refused.parts.process.zh, refused.parts.current.zh) == ("闭环六步", "分级处置")
    assert refused.parts.step.zh == "采集上报"
    assert [option.zh for option in refused.parts.options][-2:] == ["作废", "缓办"]


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        (refusal(SUZHOU, E, H), "Handling may not follow Evaluated: it has left the queue; allowed: nothing"),
        (refusal(SUZHOU, M, H), "Handling may not follow Merged: it has left the queue; allowed: nothing"),
        (refusal(TIANNING, H, T), "this process has no tracked; allowed: Whistle blown, Handled and fed back, "),
        (refusal(TIANNING, T, S), "this process has no tracked and no supervised; allowed: nothing"),
        (refusal(SUZHOU, H, F, paused=True), "it is paused; allowed: Merged, Cancelled, Resumed"),
        (refusal(SUZHOU, H, U), "Resumed may not follow Handling: it is not paused; allowed: Assigned, "),
        (
            refusal(SUZHOU, H, T, Actor.worker),
            "Tracked may not follow Handling: it is not for the worker but for seat or chief or department or system; "
            "allowed: Feedback",
        ),
        (refusal(SUZHOU, F, X), "Extended may not follow Feedback: it needs a reason; allowed: Handling, Evaluated, "),
        (refusal(SUZHOU, H, X, reason="等配件", times=2), "it may be done 2 times at most"),
        (refusal(TIANNING, H, X, reason="等配件", times=1), "it may be done 1 time at most"),
        (refusal(SUZHOU, H, P, reason="等配件", exceeds=True), "it may come to 30d in all at most"),
    ],
    ids=lambda case: case if isinstance(case, str) else case.rule,
)
def test_refusals_in_words(refused: Forbidden, said: str) -> None:
    assert said in str(refused)


def test_what_an_actor_may_do_instead_is_really_open_to_that_actor() -> None:
    for actor in ACTORS:
        for current, ways in GRAPHS["suzhou"].items():
            for step in ways:
                rule = SUZHOU.rule(step)
                if rule and rule.by and actor not in rule.by:
                    options = {option.zh for option in refusal(SUZHOU, current, step, actor).parts.options}
                    assert options == {SUZHOU.label(way).zh for way in ways if may(SUZHOU, way, actor)}


def may(process: Process, step: Step, actor: Actor) -> bool:
    """Whether a step names the actor, or nobody."""
    rule = process.rule(step)
    return rule is not None and (not rule.by or actor in rule.by)


@settings(deadline=None)
@given(st.sampled_from(list(PROCESSES.values())), st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(ACTORS))))
def test_random_walks_never_leave_the_process(process: Process, asked: list[tuple[Step, Actor]]) -> None:
    here, paused = process.steps[0].step, False
    for step, actor in asked:
        ways = process.allowed(here, paused=paused)
        try:
            process.judge(here, step, actor, reason="核实", paused=paused)
        except Forbidden as refused:
            assert step not in ways or refused.rule == "actor"
            continue
        assert step in ways
        here = process.after(here, step, paused=paused)
        paused = {P: True, U: False}.get(step, paused)
        assert here in places_to_stand(process)
        assert 1 <= process.place(here) <= process.n
        assert bool(process.allowed(here, paused=paused)) == (here not in {E, *OFF})


@settings(deadline=None)
@given(st.sampled_from(list(PROCESSES.values())), st.data())
def test_going_only_forwards_always_ends_in_closing(process: Process, data: st.DataObject) -> None:
    here, places = R, [1]
    while here is not process.closed_at:
        ahead = [s for s in own(process) if s in process.allowed(here) and process.place(s) > places[-1]]
        here = process.after(here, data.draw(st.sampled_from(ahead)))
        places.append(process.place(here))
    assert places == sorted(set(places))
    assert places[-1] == process.n
