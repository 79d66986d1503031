"""What the doctor finds in feeds.yaml: entry by entry its files, its connection, and what its feed says of itself.

Reads what the feeds would read and makes each as it would be made, but runs none. Knows most kinds only by the keys
their entries have: a file, a broker, an address, a port.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from dashboard import clock
from dashboard.cities import load_city
from feeds import feedsfile, reach, redisstream, sources
from feeds.feedsfile import Broker, FeedsFile, Http, Outbound, Source
from feeds.roster import RosterError, workers
from feeds.tally import Report, Tally

AHEAD_MS: Final = 2_000
BEHIND_MS: Final = 60_000
_FILES: Final = ("roster", "devices", "file", "secret_file", "password_file", "key_file", "ca_file")
_SECRETS: Final = ("secret_file", "password_file", "key_file")
_TABLES: Final = ("roster", "devices")
_AT_ONCE: Final = 8
_NAMED: Final = 3


class Finding(NamedTuple):
    """One line of the doctor's: whether all is well with `what`, what was found, and how to mend it."""

    level: Literal["ok", "warning", "wrong"]
    what: str
    said: str
    mend: str = ""


class Running(NamedTuple):
    """What feeds say of themselves, by name; `devices`: those of a feed that are worth a look."""

    reports: Mapping[str, Report]
    devices: Callable[[str], Sequence[str]]


def examine(path: Path, running: Running | None, taken: Mapping[int, str], city: str = "") -> list[Finding]:
    """What is to be said of the file at `path`; `running`: None when the log cannot be asked; `taken`: ports in use;
    `city`: whose pack has the departments and categories it names, "" where there is none to look into.
    """
    if not path.exists():
        return [Finding("ok", str(path), "is not there: nothing is connected; feeds/feeds.example.yaml shows how")]
    file = feedsfile.read(path)._replace(city=city)
    mend = "correct it; feeds/feeds.example.yaml has an entry of every kind"
    found = [Finding("wrong", f.name, f"{f.field} {f.reason}".strip(), mend) for f in file.faults]
    if not file.sources and not found:
        found.append(Finding("ok", str(path), "has no entries: nothing is connected"))
    found += _clashes(file, taken)
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # each may wait for an answer that never comes
        for lines in pool.map(lambda entry: [*_entry(entry, file, running)], file.sources):
            found += lines
    return found


def _clashes(file: FeedsFile, taken: Mapping[int, str]) -> Iterator[Finding]:
    """What two entries may not share: a port, a token."""
    ports, tokens = dict(taken), dict[str, str]()
    for entry in (one for one in file.sources if one.enabled):
        port = _address(entry)[1] if hasattr(entry, "listen") else 0
        if port in ports:
            yield Finding("wrong", entry.name, f"listens on port {port}, as {ports[port]} does", "give it another port")
        elif port:
            ports[port] = entry.name
        if isinstance(entry, Http):
            mend = f"make one of its own: python app.py token {entry.name}"
            if other := tokens.get(entry.token):
                said = f"has the token of {other}, so that one cannot be told from the other"
                yield Finding("wrong", entry.name, said, mend)
            elif len(set(entry.token.removeprefix("sha256:"))) == 1:
                yield Finding("wrong", entry.name, "has the token of an example, which nobody can know", mend)
            tokens[entry.token] = entry.name


def _entry(entry: Source, file: FeedsFile, running: Running | None) -> Iterator[Finding]:
    if not entry.enabled:
        yield Finding("ok", entry.name, "is not enabled")
        return
    files = [*_files(entry, file)]
    yield from files
    if isinstance(entry, Outbound) and file.city:
        yield from _strangers(entry, file.city)
    report = running.reports.get(entry.name) if running else None
    if all(one.level != "wrong" for one in files):
        yield from _made(entry, file)
        yield from _link(entry, file, report is not None and report.state in ("running", "starting"))
    if running:
        yield _reported(entry, report, running)


def _strangers(entry: Outbound, city: str) -> Iterator[Finding]:
    """Departments that the city's pack does not have: no event is ever theirs, and nobody would notice."""
    known = [department.key for department in load_city(city).departments]
    for name in entry.departments:
        if name not in known:
            said = f"departments: {name} is no department of {city}, so that nothing is ever handed on for it"
            close = difflib.get_close_matches(name, known, 1)
            more = f"did you mean {close[0]}? " if close else ""
            yield Finding("wrong", entry.name, said, f"{more}the ids are under departments in the pack's city.yaml")


def _files(entry: Source, file: FeedsFile) -> Iterator[Finding]:
    for key in _FILES:
        if name := getattr(entry, key, None):
            yield _file(entry, key, file.path(name))


def _file(entry: Source, key: str, path: Path) -> Finding:
    try:
        raw = path.read_bytes() if key != "file" else path.open("rb").read(1)
        rows = f", {len(raw.splitlines()) - 1} rows" if key in _TABLES else ""
        if isinstance(entry, Http) and key == "roster":
            rows = f", {len(workers(path))} rows"
    except OSError as fault:
        return Finding("wrong", entry.name, f"{key} {path}: {fault.strerror}", "put it there, readable for the wall")
    except RosterError as fault:
        return Finding("wrong", entry.name, f"{key}: {fault}", "correct the file")
    if not raw.strip():
        return Finding("wrong", entry.name, f"{key} {path} is empty", "fill it")
    if key in _SECRETS and path.stat().st_mode & 0o077:
        said = f"{key} {path} can be read by others on this machine"
        return Finding("warning", entry.name, said, f"chmod 600 {path}")
    return Finding("ok", entry.name, f"{key} {path}{rows}")


def _made(entry: Source, file: FeedsFile) -> Iterator[Finding]:
    """Only what is wrong: a feed that can be made is nothing to tell of."""
    if isinstance(entry, Http):
        return
    try:
        sources.make(entry, file, Tally("", clock.now_ms()))
    except KeyError:
        yield Finding("warning", entry.name, "no feed of this kind is built in yet", "set enabled: false")
    except (OSError, ValueError) as fault:
        yield Finding("wrong", entry.name, str(fault), "correct the entry, or the file it names")


def _link(entry: Any, file: FeedsFile, runs: bool) -> Iterator[Finding]:
    if hasattr(entry, "listen"):
        yield _tried(
            entry, f"port {entry.listen}", lambda: _port(entry, runs), "choose another port, or end who has it"
        )
    elif isinstance(entry, Broker):
        mend = "check address, user, password_file, ca_file and what the broker allows this user"
        yield _tried(entry, _shown(entry.broker), lambda: _broker(entry, file), mend)
    elif isinstance(url := getattr(entry, "url", None), str):
        act = _web if url.startswith("http") else _stream
        yield _tried(entry, _shown(url), lambda: act(entry, file), "check address, password and the firewall between")


def _shown(url: str) -> str:
    """An address without what may be secret in it."""
    return url.rpartition("@")[2].partition("?")[0]


def _tried(entry: Source, what: str, act: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding("ok", entry.name, f"{what} {act()}")
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        return Finding("wrong", entry.name, f"{what}: {why}", mend)


def _port(entry: Any, runs: bool) -> str:
    try:
        reach.port_free(*_address(entry))
    except OSError:
        if runs:
            return "is ours"
        raise
    return "is free"


def _address(entry: Any) -> tuple[str, int]:
    host, _, port = entry.listen.rpartition(":")
    return host.strip("[]"), int(port)


def _broker(entry: Broker, file: FeedsFile) -> str:
    reach.broker(entry, file)
    return f"lets us have {', '.join(entry.topics)}"


def _web(entry: Any, file: FeedsFile) -> str:
    ca_file = getattr(entry, "ca_file", None)
    status = reach.web(entry.url, file.path(ca_file) if ca_file else None)
    if status >= 500:
        raise ConnectionError(f"answers {status}: it is there, but out of order")
    return f"answers ({status})"


def _stream(entry: Any, file: FeedsFile) -> str:
    path = entry.password_file
    password = file.path(path).read_text().strip() if path else None
    return f"has {redisstream.look(entry.url, password, entry.stream)} entries in {entry.stream}"


def _reported(entry: Source, report: Report | None, running: Running) -> Finding:
    """What its feed says of itself."""
    if report is None or report.state in ("silent", "stopped"):
        mend = "start the wall (python app.py run), or python app.py feeds where its parts run apart"
        return Finding("warning", entry.name, f"its feed {'has ended' if report else 'does not run'}", mend)
    if report.state in ("waiting", "refused"):
        level: Literal["warning", "wrong"] = "wrong" if report.state == "refused" else "warning"
        return Finding(level, entry.name, f"its feed is {report.state}: {report.why}", "see to what it waits for")
    if report.why:
        return Finding("warning", entry.name, report.why, "mend it; until then the version before it counts")
    skew = report.skew_ms or 0
    if skew < -AHEAD_MS:
        said = f"the clock of this source is {-skew / 1000:.0f} s ahead of ours, or more"
        return Finding("warning", entry.name, said, "set both clocks by NTP")
    if skew > BEHIND_MS:
        said = f"nothing from this source was younger than {skew / 1000:.0f} s when it came"
        return Finding("warning", entry.name, said, "set its clock by NTP, or find out what holds its data back")
    if report.unknown:
        named = ", ".join(running.devices(entry.name)[:_NAMED])
        said = f"{report.unknown} messages came from devices nobody knows: {named} …"
        return Finding("warning", entry.name, said, "put them into its roster")
    refused = f"; {report.rejected} refused: python app.py deadletters list --source {entry.name}"
    return Finding("ok", entry.name, f"its feed runs: {report.records} records{refused * bool(report.rejected)}")
