"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "sim").rglob("*.py"))
ROOMS = {"assembly", "record", "vote", "models", "scenario"}
ROOMS |= {"runs", "skill", "studies", "report", "cli"}
VAGUE_MODULES = {"utils", "helpers", "common", "misc"}
VAGUE_NAMES = {"data", "res", "tmp", "process"}
OPENING = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "savetxt", "fromfile"}
LONGEST_MODULE, LONGEST_FUNCTION = 280, 45
"""Lines outside docstrings; the aim is 250 and 30."""
OF_THE_CLOCK = {"now", "today", "time", "compress"}
"""Calls whose answer changes by the second; `gzip.compress` does unless `mtime` is given."""
LARGEST_FOLDER = 16
"""Modules of one folder, besides its `__init__`; the aim is 15. The terminal has one a command."""


def name_of(module: Path) -> str:
    """A module as messages name it."""
    return module.relative_to(ROOT).as_posix()


def tree_of(module: Path) -> ast.Module:
    """A module's syntax."""
    return ast.parse(module.read_text(encoding="utf-8"))


TREES = {module: tree_of(module) for module in MODULES}


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


def test_only_files_opens_files() -> None:
    found = [
        f"{name_of(module)}:{line}"
        for module, tree in TREES.items()
        if "files" not in module.parent.parts
        for line in opened_in(tree)
    ]
    assert not found, found


def test_only_chance_is_random() -> None:
    found = [
        f"{name_of(module)}:{node.lineno}"
        for module, tree in TREES.items()
        if module.name != "chance.py"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.random", "numpy.random"))
        or (isinstance(node, ast.Import) and any(alias.name == "random" for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and node.module in ("random", "numpy.random"))
    ]
    assert not found, found


def test_every_public_function_has_an_example() -> None:
    # what a command's docstring says is its help, and tests run commands
    bare = [
        f"{name_of(module)}: {function.name}"
        for module, tree in TREES.items()
        if module.parent.name != "cli"
        for function in public_functions(tree)
        if "\nExamples\n" not in f"\n{ast.get_docstring(function)}"
    ]
    assert not bare, bare


def test_cases_of_tests_are_the_same_at_any_time() -> None:
    # processes that collect them a second apart would refuse to share them
    found = [
        f"{test.name}:{call.lineno}: {ast.unparse(call.func)}"
        for test in sorted((ROOT / "tests").glob("*.py"))
        for node in ast.walk(tree_of(test))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in OF_THE_CLOCK
        and "mtime" not in [keyword.arg for keyword in call.keywords]
    ]
    assert not found, found


def test_modules_and_functions_are_short() -> None:
    long = [
        f"{name_of(module)}: {getattr(node, 'name', 'module')} has {lines_of(node)} lines"
        for module, tree in TREES.items()
        for node in (tree, *(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)))
        if lines_of(node) > (LONGEST_MODULE if node is tree else LONGEST_FUNCTION)
    ]
    assert not long, long


def test_names_say_something() -> None:
    vague = [name_of(module) for module in MODULES if module.stem in VAGUE_MODULES]
    vague += [
        f"{name_of(module)}:{node.lineno}: {node.id}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in VAGUE_NAMES
    ]
    assert not vague, vague


def test_a_public_name_means_one_thing() -> None:
    # a function of the terminal is called as its command is, which may be what a room calls it too
    defined: dict[str, list[str]] = {}
    for module, tree in TREES.items():
        for node in tree.body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and module.parent.name != "cli":
                defined.setdefault(node.name, []).append(name_of(module))
    assert not {name: places for name, places in defined.items() if len(places) > 1}


def test_a_folder_holds_what_a_reader_can_look_through() -> None:
    folders = Counter(module.parent for module in MODULES if module.name != "__init__.py")
    assert not {
        name_of(folder): count
        for folder, count in folders.items()
        if count > LARGEST_FOLDER and folder.name != "cli"
    }


def test_the_source_has_ten_rooms_and_the_files() -> None:
    found = {path.name for path in (ROOT / "sim").iterdir() if path.name != "__pycache__"}
    assert found - ROOMS - {"files", "__init__.py", "__main__.py", "py.typed"} == set()


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
