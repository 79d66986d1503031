"""The processes of a city: read from a folder, checked as wholes, and chosen for an event.

What a process says and how it judges a step is `process`'s business. This module refuses a profile in which an event
could get stuck, in sentences that name file, step and field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from dashboard.process import LEVELS, MOVES, Process, Spans, Word
from dashboard.taxonomy import within
from dashboard.terms import MAIN_STEPS, Severity, SeverityName, Step

SHIPPED: Final = Path(__file__).parent / "processes"


class ProcessError(ValueError):
    """A process that cannot be used; the message says in which file, at which step and field, and what is wrong."""


class Condition(Struct, frozen=True, forbid_unknown_fields=True):
    """Which events a choice is for: each list names what will do (none = anything); `whistle` as it says, or either."""

    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    severities: tuple[SeverityName, ...] = ()
    whistle: bool | None = None


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """One rule: an event `when` describes follows `process` (a key)."""

    when: Condition
    process: Word


class Choices(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules in order, and the process of an event that none describes."""

    default: Word
    rules: tuple[Choice, ...] = ()


def choose(
    processes: Mapping[str, Process],
    rules: Choices,
    *,
    category: str,
    severity: Severity,
    channel: str = "",
    whistle: bool = False,
    declared: str = "",
) -> Process:
    """The process an event follows: the one its report declares, else that of the first rule that describes it.

    Raises:
        ProcessError: there is no such process; the sentence lists those there are.
    """
    asked = (channel, LEVELS[severity])
    for rule in () if declared else rules.rules:
        when = rule.when
        lists = (when.channels, when.severities)
        fits = all(not listed or value in listed for listed, value in zip(lists, asked, strict=True))
        fits = fits and (not when.categories or within(category, when.categories))
        if fits and when.whistle in (None, whistle):
            return _named(processes, rule.process)
    return _named(processes, declared or rules.default)


def _named(processes: Mapping[str, Process], key: str) -> Process:
    if key not in processes:
        raise ProcessError(f"there is no process {key!r}; there are: {', '.join(sorted(processes)) or 'none'}")
    return processes[key]


def load_processes(folder: Path = SHIPPED) -> dict[str, Process]:
    """The processes of a folder by key, from its ``*.yaml``.

    Raises:
        ProcessError: there is none, one is wrong, or one has another key than its file's name.
    """
    found = {path.stem: read_process(path.read_bytes(), path.name) for path in sorted(folder.glob("*.yaml"))}
    if not found:
        raise ProcessError(f"{folder} holds no process (*.yaml)")
    for stem, process in found.items():
        if stem != process.key:
            raise ProcessError(f"{stem}.yaml: key: {process.key!r} is not the file's name; they must be the same")
    return found


def read_process(text: bytes, file: str = "process.yaml") -> Process:
    """One process out of a YAML text; `file` is what the sentences call it.

    Raises:
        ProcessError: a line for each thing that is wrong, with file, step and field.
    """
    raw: object = None
    try:
        raw = msgspec.yaml.decode(text)
        process = msgspec.convert(raw, Process)
    except msgspec.MsgspecError as error:
        raise ProcessError(f"{file}: {_with_steps_named(str(error), raw)}") from error
    # A way through the graph means little while names are wrong, so that one mistake is not reported twice.
    if faults := list(_wrong_names(process)) or [*_wrong_moves(process), *_wrong_ways(process)]:
        raise ProcessError("\n".join(f"{file}: {fault}" for fault in faults))
    return process


def _with_steps_named(sentence: str, raw: object) -> str:
    """`steps[2]` says little to a person: add the step's own name."""

    def named(found: re.Match[str]) -> str:
        try:
            return f"{found[0]} ({raw['steps'][int(found[1])]['step']})"  # type: ignore[index]
        except (KeyError, TypeError):
            return found[0]

    return re.sub(r"steps\[(\d+)\]", named, sentence)


def _wrong_names(process: Process) -> Iterator[str]:
    """Steps, moves and severities where they cannot stand."""
    listed = [entry.step for entry in process.steps]
    if listed[0] is not Step.reported:
        yield f"steps[0] ({listed[0]}): the first step must be reported, with which every record of an event begins"
    if listed[-1] != process.closed_at:
        yield f"closed_at: {process.closed_at} is not the last of the steps, which is {listed[-1]}"
    if process.closed_at is not Step.evaluated:
        yield f"closed_at: is {process.closed_at}, but entering evaluated is closure in every process"
    for k, entry in enumerate(process.steps):
        at = f"steps[{k}] ({entry.step})"
        if entry.step not in MAIN_STEPS:
            yield f"{at}.step: is a move, not a step"
        if entry.step in listed[:k]:
            yield f"{at}.step: stands twice"
        for step in entry.next:
            if step not in listed or step is Step.reported:
                what = "the start" if step in listed else "which is no step"
                yield f"{at}.next: leads to {step}, {what} of this process"
        yield from (f"{at}.within: {s}" for s in _uncounted(process, entry.within))
    for move, rule in process.moves.items():
        if move not in MOVES:
            yield f"moves.{move}: is a step, not a move"
        wrong = [step for step in (*rule.from_, *([rule.to] if rule.to else [])) if step not in process.open]
        yield from (f"moves.{move}: {step} is no step of this process at which an event is open" for step in wrong)
    yield from (f"limit: {s}" for s in _uncounted(process, process.limits))
    yield from (
        f"counts_as.{s}: {t} itself counts as another" for s, t in process.counts_as.items() if t in process.counts_as
    )
    if (process.limits or process.limit_from) and process.limit_start not in process.open:
        yield f"limit_from: {process.limit_start} is no step of this process at which an event is open"
    for step in process.undo.steps if process.undo else ():
        if step in (Step.reported, Step.merged) or process.rule(step) is None:
            yield f"undo.steps: {step} is not for this process to take back"


def _uncounted(process: Process, spans: Spans) -> Iterator[str]:
    return (f"{s} counts as {process.counts_as[s]} here and can have no span" for s in spans if s in process.counts_as)


def _wrong_moves(process: Process) -> Iterator[str]:
    """Moves that could not be made, or not be unmade."""
    moves, places = process.moves, process.places
    for move, rule in moves.items():
        if (rule.to is None) == (move is Step.returned):
            yield f"moves.{move}.to: {'is missing' if rule.to is None else 'only returned leads to another step'}"
        if rule.at_most and move not in (Step.extended, Step.paused):
            yield f"moves.{move}.at_most: only extended and paused have a length"
        for step in rule.from_ if move is Step.returned else ():
            if rule.to and places[step] <= places[rule.to]:
                yield f"moves.{move}.from: {step} does not stand after {rule.to}, so nothing goes back from it"
    if (Step.paused in moves) != (Step.resumed in moves):
        yield "moves: paused and resumed go together"
    elif Step.paused in moves:
        stuck = set(moves[Step.paused].from_ or process.open) - set(moves[Step.resumed].from_ or process.open)
        yield from (f"moves.resumed.from: an event paused at {step} could not be resumed" for step in sorted(stuck))


def _wrong_ways(process: Process) -> Iterator[str]:
    """Steps that nothing leads to, that lead nowhere, or that break the main way (all but the optional, in order)."""
    ways = {entry.step: entry.next for entry in process.steps}
    reached = _reached(ways, Step.reported)
    for k, entry in enumerate(process.steps):
        at = f"steps[{k}] ({entry.step})"
        last = entry.step == process.closed_at
        if last and (entry.next or entry.within):
            field = "next" if entry.next else "within"
            yield f"{at}.{field}: the event is closed here, so that nothing follows and nothing is due"
        if entry.optional and (last or k == 0):
            yield f"{at}.optional: the first step and the closing one cannot be left out"
        if entry.step not in reached:
            yield f"{at}.step: no way leads here from reported"
        if last:
            continue
        if not entry.next:
            yield f"{at}.next: is a dead end; only {process.closed_at} may have nothing after it"
        elif process.closed_at not in _reached(ways, entry.step):
            yield f"{at}.next: no way leads from here to {process.closed_at}, where the event is closed"
        required = next(e.step for e in process.steps[k + 1 :] if not e.optional or e.step == process.closed_at)
        if entry.next and required not in entry.next:
            left_out = process.steps[k + 1].step
            why = "" if left_out is required else f", so that {left_out}, which is optional, cannot be left out"
            yield f"{at}.next: does not lead to {required}{why}"


def _reached(ways: Mapping[Step, tuple[Step, ...]], start: Step) -> set[Step]:
    """The steps that can be reached, the start among them."""
    found, todo = {start}, [start]
    while todo:
        new = set(ways[todo.pop()]) - found
        found |= new
        todo += new
    return found
