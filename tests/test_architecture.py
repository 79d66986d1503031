"""The house rules that no linter knows: sizes, docstrings, and a code map that is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
MAX_FILE, MAX_FUNCTION, MEDIAN_FUNCTION = 300, 40, 8

LONGER_FILES: dict[str, str] = {}
"""Files longer than the limit, and why."""
LONGER_FUNCTIONS: dict[str, str] = {}
"""`path:function` longer than the limit, and why."""


def listed(*patterns: str) -> list[str]:
    """Paths in the repository, in order."""
    return sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))


PYTHON = ["app.py", *listed(*(f"{folder}/**/*.py" for folder in ("dashboard", "feeds", "layouts", "callbacks")))]
BROWSER = listed("assets/wall/**/*.mjs")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def tree(path: str) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(path: str) -> dict[str, int]:
    """Lines of each function, docstring and all."""
    nodes = (n for n in ast.walk(tree(path)) if isinstance(n, FUNCTIONS))
    return {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes}


def test_there_is_something_to_look_at() -> None:
    assert len(PYTHON) > 30
    assert len(BROWSER) > 10


@pytest.mark.parametrize("path", PYTHON + BROWSER)
def test_a_file_can_be_read_in_one_sitting(path: str) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_FILE or path in LONGER_FILES
    assert lines > MAX_FILE or path not in LONGER_FILES, "no exception any more: take it off the list"


@pytest.mark.parametrize("path", PYTHON)
def test_no_function_is_long(path: str) -> None:
    long = {f"{path}:{name}": n for name, n in functions(path).items() if n > MAX_FUNCTION}
    assert {name: n for name, n in long.items() if name not in LONGER_FUNCTIONS} == {}


def test_half_the_functions_are_a_few_lines() -> None:
    assert median(n for path in PYTHON for n in functions(path).values()) <= MEDIAN_FUNCTION


def test_every_exception_is_still_needed() -> None:
    assert [path for path in LONGER_FILES if not (ROOT / path).exists()] == []
    known = {f"{path}:{name}" for path in PYTHON for name, n in functions(path).items() if n > MAX_FUNCTION}
    assert LONGER_FUNCTIONS.keys() <= known


@pytest.mark.parametrize("path", PYTHON)
def test_every_module_says_what_it_is_for(path: str) -> None:
    said = ast.get_docstring(tree(path)) or ""
    assert len(said) >= 20
    assert re.search(r"[\u4e00-\u9fff]{12}", said) is None, "prose is in English"


@pytest.mark.parametrize("path", BROWSER)
def test_every_browser_module_says_what_it_is_for(path: str) -> None:
    assert re.match(r"/\*\*\s*\n?( \*)? ?\w", (ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PYTHON)
def test_every_public_name_is_explained(path: str) -> None:
    """Classes, functions and methods; not the handlers inside a function, nor what overrides a library's."""
    bare = []
    for scope in ast.walk(tree(path)):
        if isinstance(scope, ast.Module | ast.ClassDef) and not getattr(scope, "name", "").startswith("_"):
            nodes = [n for n in scope.body if isinstance(n, (*FUNCTIONS, ast.ClassDef)) and not n.name.startswith("_")]
            bare += [n.name for n in nodes if ast.get_docstring(n) is None]
    assert bare == []


TEXT_ONLY = re.compile(r"\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b|\beval\(|new Function\(")


@pytest.mark.parametrize("path", [*BROWSER, *listed("assets/*.js")])
def test_text_goes_into_the_page_as_text(path: str) -> None:
    assert TEXT_ONLY.search((ROOT / path).read_text(encoding="utf-8")) is None


TESTED = [p for p in listed("dashboard/*.py", "feeds/*.py", "callbacks/*.py") if not p.endswith("__init__.py")]
WITHOUT_A_TEST_OF_ITS_OWN = {
    "callbacks/view.py": "one registration; the end-to-end tests press the button",
    "feeds/logscripts.py": "scripts of the log; the tests of `feeds/log.py` run them",
}


@pytest.mark.parametrize("path", TESTED)
def test_tests_mirror_the_tree(path: str) -> None:
    mirror = ROOT / "tests" / Path(path).with_name(f"test_{Path(path).name}")
    assert mirror.exists() != (path in WITHOUT_A_TEST_OF_ITS_OWN)


def code_map() -> list[str]:
    """The paths that begin the list items under "## Code map" in ARCHITECTURE.md."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.split("\n## Code map", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\s*[-*] `([^`]+)`", section, re.MULTILINE)


MAPPED = pytest.mark.skipif(not (ROOT / "ARCHITECTURE.md").exists(), reason="ARCHITECTURE.md is not written yet")


@MAPPED
def test_the_code_map_shows_only_what_exists() -> None:
    assert [path for path in code_map() if not (ROOT / path).exists()] == []


@MAPPED
def test_the_code_map_shows_everything() -> None:
    """A module is on the map by itself or by a folder above it; a package's `__init__` by its folder."""
    shown = {path.rstrip("/") for path in code_map()}

    def on_the_map(path: str) -> bool:
        own = Path(path).parent if path.endswith("__init__.py") else Path(path)
        folders = [str(folder) for folder in own.parents if len(folder.parts) > 1 and str(folder) != "assets/wall"]
        return bool({path, str(own), *folders} & shown) or (path.endswith("__init__.py") and len(own.parts) == 1)

    assert [path for path in PYTHON + BROWSER if not on_the_map(path)] == []


@MAPPED
def test_the_code_map_shows_nothing_twice() -> None:
    found = code_map()
    assert sorted(found) == sorted(set(found))


def test_only_benches_measure_time() -> None:
    """What is quick on a quiet machine fails on a busy one: speed is measured in tests/bench."""
    unit = [path for path in (ROOT / "tests").rglob("*.py") if not {"bench", "e2e"} & set(path.parts)]
    clocks = re.compile(r"\b(process_time|perf_counter)\(")
    assert [path.name for path in unit if path.name != Path(__file__).name and clocks.search(path.read_text())] == []
