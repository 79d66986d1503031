"""`app.py deadletters`: what it prints of dead letters, and what it does with those it is told of.

Finds nothing out by itself: the letters are `letterbox`'s, what can be made of them `letters` says.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from dashboard import clock
from dashboard.codec import Malformed
from feeds import letters
from feeds.letterbox import Letter, Letterbox, Settled, Wanted
from feeds.letters import Letters
from feeds.log import Log


def run(log: Log, feeds: Path, args: Namespace) -> int:
    """Do what was asked with dead letters; the exit code is 1 when a letter could not be dealt with."""
    desk = Letters(Letterbox(log), feeds)
    try:
        return _ACTIONS[args.action](desk, args)
    except (Malformed, Settled, OSError) as fault:
        print(fault)
        return 1


def _list(desk: Letters, args: Namespace) -> int:
    wanted = Wanted(args.source, args.field, "" if args.state == "all" else args.state)
    before, left = "", args.limit
    while left > 0:
        page = desk.box.page(wanted, before, left)
        for letter in page.letters:
            print(_as_json(letter) if args.json else _line(letter))
        before, left = page.after, left - len(page.letters) if page.after else 0
    if before and not args.json:
        print(f"there are older ones; --limit {args.limit * 2} shows more")
    return 0


def _show(desk: Letters, args: Namespace) -> int:
    letter = _known(desk, args.ids[0])
    for name in ("id", "source", "place", "field", "value", "reason", "state"):
        print(f"{name:8}{getattr(letter, name)}")
    print(f"{'time':8}{clock.to_rfc3339(letter.at_ms)}")
    if done := letter.outcome:
        more = " ".join(part for part in (done.entry, done.reason) if part)
        print(f"{done.state:10}{clock.to_rfc3339(done.at_ms)} by {done.by} {more}".rstrip())
    print()
    print(content if (content := letters.text(letter)) is not None else letters.hexadecimal(letter.raw))
    return 0


def _retry(desk: Letters, args: Namespace) -> int:
    pairs = [item.partition("=") for item in args.set]
    sent = args.data.read_bytes() if args.data else None

    def retry(letter: Letter) -> str:
        content = sent
        if pairs:
            before = letters.text(letter) if sent is None else sent.decode("utf-8", "replace")
            content = letters.corrected(before or "", {path: value for path, _, value in pairs})
        return f"is on the log as {desk.retry(letter, args.by, content)}"

    return _each(desk, args, retry)


def _discard(desk: Letters, args: Namespace) -> int:
    def discard(letter: Letter) -> str:
        desk.discard(letter, args.by, args.reason)
        return "is discarded"

    return _each(desk, args, discard)


def _each(desk: Letters, args: Namespace, act: Callable[[Letter], str]) -> int:
    """`act` on every letter asked for, one after the other; the exit code."""
    wrong = 0
    for letter_id in _asked(desk, args):
        try:
            print(f"{letter_id} {act(_known(desk, letter_id))}")
        except (Malformed, Settled) as fault:
            print(f"{letter_id} stays as it is: {fault}")
            wrong = 1
    return wrong


def _asked(desk: Letters, args: Namespace) -> Iterator[str]:
    if not args.all and not args.ids:
        raise Malformed("ID", "", "is missing; name letters by their ids, or say --all --source NAME")
    if args.all and not args.source:
        raise Malformed("--source", "", "is missing; --all means all letters of one source")
    yield from args.ids
    if not args.all:
        return
    found = desk.box.every(Wanted(args.source, args.field, "open"))
    if args.yes:
        yield from found
    else:
        print(f"{len(found)} open letters; add --yes to {args.action} them all")


def _known(desk: Letters, letter_id: str) -> Letter:
    letter = desk.box.letter(letter_id)
    if letter is None:
        raise Malformed("id", letter_id, "is no letter on the log; older ones are in the archive")
    return letter


def _line(letter: Letter) -> str:
    wrong = " ".join(part for part in (letter.field, letter.value[:60], letter.reason[:200]) if part)
    return f"{letter.id:17} {clock.to_rfc3339(letter.at_ms)} {letter.state:9} {letter.source} ({letter.place}): {wrong}"


def _as_json(letter: Letter) -> str:
    return msgspec.json.encode(letters.told(letter) | letters.opened(letter)).decode()


_ACTIONS: Final[dict[str, Callable[[Letters, Namespace], int]]] = {
    "list": _list, "show": _show, "retry": _retry, "discard": _discard,
}  # fmt: skip
