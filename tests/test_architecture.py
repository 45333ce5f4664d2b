"""The house is as `callagent/ARCHITECTURE.md` says: its tree, its floors, what stays pure, how long things get.

Each test lists the offenders.
"""

import ast
import graphlib
import importlib
import re

import pytest

from tests.support.source_tree import ROOT, functions, imported_modules, imports, modules, room, tree

PAGE = (ROOT / "callagent" / "ARCHITECTURE.md").read_text(encoding="utf-8")
LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
LARGEST_FOLDER = 16
OTHER_TESTS = {("live",), ("fuzz",), ("scripts",)}
"""Folders of tests that are of no room: of everything together, and of what is beside the package."""
ROOMS = [name for name, path in modules().items() if path.name == "__init__.py" and name.count(".") == 1]


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def tree_of_the_page() -> set[str]:
    return set(re.findall(r"^    ([a-z0-9_/]+)/ ", section("The tree"), re.MULTILINE))


def edges_of_the_page() -> dict[str, set[str]]:
    """Room -> the rooms that it may import, from the table under "Floors"."""
    rows = re.findall(r"^\| (\w+) \|(.*)\|$", section("Floors"), re.MULTILINE)
    return {name: set(re.findall(r"\w+", others)) for name, others in rows if name != "room"}


def edges_of_the_code() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {room(module): set() for module in modules() if "." in module}
    for module in modules():
        found.setdefault(room(module), set()).update(room(other) for other in imported_modules(module))
    return {name: others - {name, ""} for name, others in found.items() if name not in {"", "__main__"}}


def test_the_tree_is_that_of_the_page() -> None:
    packages = {module for module, path in modules().items() if path.name == "__init__.py" and "." in module}
    folders = {module.partition(".")[2].replace(".", "/") for module in packages}
    assert folders - tree_of_the_page() == set()
    assert tree_of_the_page() - folders == set()


def test_the_tests_mirror_the_tree() -> None:
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")}
    rooms = {ROOT / "callagent" / folder for folder in folders if folder.parts[:1] not in OTHER_TESTS}
    assert len(rooms) > 40
    assert {str(folder.relative_to(ROOT)) for folder in rooms if not (folder / "__init__.py").exists()} == set()


def test_each_room_imports_the_rooms_that_the_page_names_for_it() -> None:
    assert edges_of_the_code() == edges_of_the_page()


def test_a_room_imports_only_rooms_that_stand_above_it_in_the_table() -> None:
    order = list(edges_of_the_page())
    upward = {(a, b) for a, others in edges_of_the_page().items() for b in others if order.index(b) >= order.index(a)}
    assert upward == set()


def test_no_folder_is_a_drawer() -> None:
    sizes: dict[str, int] = {}
    for path in modules().values():
        if not path.name.startswith("__"):
            folder = str(path.parent.relative_to(ROOT))
            sizes[folder] = sizes.get(folder, 0) + 1
    assert {folder: size for folder, size in sizes.items() if size > LARGEST_FOLDER} == {}


def test_modules_do_not_import_each_other_in_a_cycle() -> None:
    graphlib.TopologicalSorter({module: imported_modules(module, lazy=False) for module in modules()}).prepare()


def test_the_gate_knows_neither_livekit_nor_asyncio() -> None:
    pure = [module for module in modules() if room(module) == "turns" and module.count(".") > 1]
    pure.remove("callagent.turns.binding")
    outside = {module: {name.partition(".")[0] for name in imports(module)} for module in pure}
    assert [module for module, names in outside.items() if names & {"livekit", "asyncio"}] == []


def test_modules_stay_short() -> None:
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in modules().items()}
    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_fit_a_screen() -> None:
    lengths = {
        f"{module}.{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for module in modules()
        for function in functions(module)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_tasks_have_names() -> None:
    calls = [(module, node) for module in modules() for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    made = [(module, call) for module, call in calls if getattr(call.func, "attr", "") == "create_task"]
    assert [(module, call.lineno) for module, call in made if "name" not in {k.arg for k in call.keywords}] == []


@pytest.mark.parametrize("package", ROOMS)
def test_a_room_only_names_its_public_face(package: str) -> None:
    body = tree(package).body[bool(ast.get_docstring(tree(package))) :]
    rest = [ast.unparse(node) for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    assert [line for line in rest if not line.startswith("__all__ ")] == []


@pytest.mark.parametrize("package", ROOMS)
def test_the_public_names_of_a_room_are_what_it_imports(package: str) -> None:
    named = {a.asname or a.name for n in tree(package).body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert named == set(getattr(importlib.import_module(package), "__all__", []))
