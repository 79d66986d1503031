"""The arguments of the command line's tools, `deadletters`, `token` and `doctor`; and tokens, which need nothing else.

The other two are modules of their own (`lettertool`, `doctor`), for every process of the wall reads these arguments.
"""

from __future__ import annotations

import getpass
import hashlib
import secrets
from argparse import ArgumentParser, Namespace
from pathlib import Path

from feeds.letterbox import STATES

_LIST = "letters the log still holds, the newest first; older ones are in the archive (log/deadletter) for 180 days"


def arguments(name: str, sub: ArgumentParser) -> list[ArgumentParser]:
    """Add the arguments of a tool; returns the parsers that take settings."""
    if name == "deadletters":
        return _letter_arguments(sub)
    if name == "token":
        sub.add_argument("name", nargs="?", help="the entry of feeds.yaml it is for")
    if name == "doctor":
        sub.add_argument("--json", action="store_true", help="what was found as JSON")
    return [sub]


def _letter_arguments(sub: ArgumentParser) -> list[ArgumentParser]:
    actions = sub.add_subparsers(dest="action", metavar="ACTION", required=True)
    helps = {
        "list": _LIST, "show": "one letter with all that was sent",
        "retry": "make the record of a letter again and append it to the log; what is still wrong is said",
        "discard": "say of letters that nothing is to be done about them",
    }  # fmt: skip
    parsers = {name: actions.add_parser(name, help=said, description=said) for name, said in helps.items()}
    parsers["list"].add_argument("--state", choices=(*STATES, "all"), default="open", help="which ones [open]")
    parsers["list"].add_argument("--limit", type=int, default=50, help="at most so many [50]")
    parsers["list"].add_argument("--json", action="store_true", help="a line of JSON each, with all that was sent")
    parsers["show"].add_argument("ids", metavar="ID", nargs=1, help="its id, as `list` says it")
    for name in ("retry", "discard"):
        parsers[name].add_argument("ids", metavar="ID", nargs="*", help="its id, as `list` says it")
        parsers[name].add_argument("--all", action="store_true", help="every open letter of --source, --field")
        parsers[name].add_argument("--yes", action="store_true", help="with --all: do it, not only count them")
        parsers[name].add_argument("--by", default=f"cli:{_user()}", help="who does it, for the audit [%(default)s]")
    for name in ("list", "retry", "discard"):
        parsers[name].add_argument("--source", default="", help="only letters of this source")
        parsers[name].add_argument("--field", default="", help="only letters with something wrong in this field")
    parsers["retry"].add_argument("--data", type=Path, metavar="FILE", help="send this instead of what was sent")
    parsers["retry"].add_argument(
        "--set", action="append", default=[], metavar="PATH=VALUE", help="correct one value, e.g. data.score=5"
    )
    parsers["discard"].add_argument("--reason", default="", help="why, for the audit")
    return [*parsers.values()]


def token(args: Namespace) -> int:
    """Print a new token, and what feeds.yaml is told of it."""
    made = secrets.token_urlsafe(32)
    print(f"token, shown this once: {made}")
    print(f"for feeds.yaml, in the entry {args.name or 'of its sender'}:")
    print(f"    token: sha256:{hashlib.sha256(made.encode()).hexdigest()}")
    return 0


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, in a container
        return "?"
