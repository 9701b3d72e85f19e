"""The folders of the package import downwards only (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "policydsl"

# Each level may import itself and the levels before it.  ``files`` is a small module at the top of
# the package that writes files; whoever writes one needs it.
LEVELS = (
    ("language",),
    ("files",),
    ("model",),
    ("scoring",),
    ("wording",),
    ("reading",),
    ("pages",),
    ("versions",),
    ("review",),
    ("simulation",),
    ("comparison",),
    ("drafting", "importing"),
    ("checking", "api"),
    ("cli", "editors", "notebook", "studio", "__init__", "__main__"),
)
RANK = {part: rank for rank, parts in enumerate(LEVELS) for part in parts}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def part_of(module: str) -> str:
    """The folder, or module at the top, that a dotted name in the package belongs to."""
    names = module.split(".")
    return names[1] if len(names) > 1 else "__init__"


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """(dotted name, line) of everything that a module imports, wherever the statement stands.

    ``from policydsl import api`` counts as ``policydsl.api``; imports for the type checker only
    count too, since they say what a module knows of.
    """
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            module = node.module or ""
            for name in node.names:
                inner = module.replace(".", "/").removeprefix("policydsl").strip("/")
                is_module = module.split(".")[0] == "policydsl" and any(
                    (PACKAGE / inner / name.name).with_suffix(suffix).exists()
                    for suffix in (".py", "")
                )
                yield (f"{module}.{name.name}" if is_module else module), node.lineno


def top_level(path: Path) -> set[str]:
    """The packages (lark, pandas …) that a module imports."""
    return {name.split(".")[0] for name, _ in imports(path)}


def test_every_part_has_its_level():
    """A new folder must be given its place in the order, here and in docs/architecture.md."""
    assert {path.parts[0].removesuffix(".py") for path in MODULES} <= set(RANK)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_part_imports_only_what_stands_before_it(path: Path):
    own = path.parts[0].removesuffix(".py")
    wrong = [
        f"{path}:{line} imports {name}"
        for name, line in imports(path)
        if name.split(".")[0] == "policydsl"
        # the package itself holds nothing but its version and the names of the front door
        and name != "policydsl"
        and RANK[part_of(name)] > RANK[own]
        and own != "__init__"
    ]
    assert wrong == []


def test_the_parser_is_known_to_the_language_alone():
    assert [str(p) for p in MODULES if "lark" in top_level(p) and p.parts[0] != "language"] == []


def test_no_module_knows_both_lark_and_pandas():
    assert [str(p) for p in MODULES if {"lark", "pandas"} <= top_level(p)] == []


def test_scores_are_made_without_tables():
    """The definition of a score must not depend on how tables are read or written."""
    definition = ("language", "model")
    meaning = {
        Path("scoring") / f"{name}.py" for name in ("expressions", "ranges", "ranking", "cases")
    } | {path for path in MODULES if path.parts[:2] == ("scoring", "exact")}
    assert len(meaning) > 6
    heavy = {"pandas", "numpy", "pyarrow", "openpyxl"}
    wrong = [
        str(path)
        for path in MODULES
        if (path.parts[0] in definition or path in meaning) and heavy & top_level(path)
    ]
    assert wrong == []


def test_modules_do_not_import_each_other_in_a_circle():
    """Circles hide which module is the lower one; imports inside functions count too."""
    graph: dict[str, set[str]] = {}
    names = {".".join(("policydsl", *p.with_suffix("").parts)): p for p in MODULES}
    for name, path in names.items():
        if path.name in ("__init__.py", "__main__.py"):
            continue
        graph[name] = {found for found, _ in imports(path) if found in names and found != name}
    state: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert state.get(name) != 1, " → ".join((*path, name))
        if state.get(name) is None and name in graph:
            state[name] = 1
            for other in sorted(graph[name]):
                visit(other, (*path, name))
            state[name] = 2

    for name in graph:
        visit(name, ())


def test_the_page_lists_the_same_order():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \d+ \| (.+?) \|", page, re.M)
    assert [tuple(re.findall(r"`(\w+)", cell)) for cell in listed] == list(LEVELS)


def test_importing_the_package_loads_nothing_heavy():
    """The command line starts in a fraction of a second because imports wait for their use."""
    code = "import policydsl, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"pandas", "numpy", "lark", "rich", "openpyxl"} & set(loaded) == set()


def test_checking_a_policy_loads_only_what_it_takes():
    """``policydsl check`` is run at every save: it waits for nothing that only other verbs need."""
    code = (
        "import sys\nfrom policydsl.cli import main\n"
        "assert main(['check', 'provincial-indicators-b']) == 0\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stderr.split()
    heavy = {"pandas", "numpy", "networkx", "openpyxl", "icalendar", "rich"}
    assert heavy & set(loaded) == set()
    assert "policydsl.model.loading" in loaded
    own = {name.removeprefix("policydsl.") for name in loaded if name.startswith("policydsl.")}
    assert {part for part in own if RANK[part.split(".")[0]] > RANK["scoring"]} == {
        name for name in own if name.split(".")[0] in ("checking", "cli")
    }
    assert {name for name in own if name.startswith("scoring.")} == {"scoring.ranges"}
    for part in ("model.amending", "model.assuming", "language.printing", "language.recovering"):
        assert not {name for name in own if name.startswith(part)}, part
