"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "sim").rglob("*.py"))
OPENING = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "savetxt", "fromfile"}
LONGEST_MODULE, LONGEST_FUNCTION = 280, 45
"""Lines outside docstrings; the aim is 250 and 30."""


def name_of(module: Path) -> str:
    """A module as messages name it."""
    return module.relative_to(ROOT).as_posix()


def tree_of(module: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(module.read_text(encoding="utf-8"))


def opened_in(tree: ast.Module) -> Iterator[int]:
    """Lines that open a file otherwise than through `sim.files`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id == "open":
            yield node.lineno
        if isinstance(called, ast.Attribute) and called.attr in OPENING:
            owner = called.value
            if not (isinstance(owner, ast.Name) and owner.id == "files"):
                yield node.lineno


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Functions of a module that others may call."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def lines_of(node: ast.Module | ast.FunctionDef) -> int:
    """Lines of a module or a function outside docstrings."""
    inside = [each for each in ast.walk(node) if isinstance(each, ast.ClassDef | ast.FunctionDef)]
    docstrings = [each.body[0] for each in (node, *inside) if ast.get_docstring(each)]
    last = max((getattr(each, "end_lineno", 0) for each in ast.walk(node)), default=0)
    first = node.lineno if isinstance(node, ast.FunctionDef) else 1
    told = {id(each): (each.end_lineno or 0) - each.lineno + 1 for each in docstrings}
    return last - first + 1 - sum(told.values())


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_only_files_opens_files(module: Path) -> None:
    found = list(opened_in(tree_of(module)))
    assert module.name == "files.py" or not found, f"{name_of(module)}: lines {found}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_only_chance_is_random(module: Path) -> None:
    found = [
        node.lineno
        for node in ast.walk(tree_of(module))
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.random", "numpy.random"))
        or (isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module in ("random", "numpy.random"))
    ]
    assert module.name == "chance.py" or not found, f"{name_of(module)}: lines {found}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_every_public_function_has_an_example(module: Path) -> None:
    if module.parent.name == "cli":
        return  # what a command's docstring says is its help, and tests run commands
    bare = [
        function.name
        for function in public_functions(tree_of(module))
        if "\nExamples\n" not in f"\n{ast.get_docstring(function)}"
    ]
    assert not bare, f"{name_of(module)}: {', '.join(bare)}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_modules_and_functions_are_short(module: Path) -> None:
    tree = tree_of(module)
    assert lines_of(tree) <= LONGEST_MODULE
    long = [
        f"{node.name} ({lines_of(node)})"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and lines_of(node) > LONGEST_FUNCTION
    ]
    assert not long, f"{name_of(module)}: {', '.join(long)}"


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_names_say_something(module: Path) -> None:
    assert module.stem not in ("utils", "helpers", "common", "misc")
    taken = {
        node.id
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert not taken & {"data", "res", "tmp", "process"}


def test_no_path_of_a_machine_is_written_anywhere() -> None:
    folders = ("sim", "seeds", "scenarios", "results", "docs", "tests", "bench", ".ci")
    texts = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    suffixes = {".py", ".md", ".toml", ".csv", ".json", ".svg", ".sh", ""}
    found = [
        name_of(path)
        for path in [*texts, ROOT / "README.md", ROOT / "constraints.txt", ROOT / "pyproject.toml"]
        if path.suffix in suffixes
        and re.search(r"(?<![\w.])/(home|root|work|Users|opt)/\w", path.read_text(encoding="utf-8"))
    ]
    assert not found
