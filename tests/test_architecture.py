"""The rules of the house: who may import whom, what stays pure, how long things get. Each test lists the offenders."""

import ast
import graphlib
import importlib

import pytest

from tests.support.source_tree import functions, imported_modules, imports, modules, room, tree

FLOORS = {
    "": 0,
    "livekit_api": 0,
    "connection": 0,
    "extras": 0,
    "concurrency": 0,
    "phrases": 0,
    "plaintext": 0,
    "processes": 0,
    "private_files": 0,
    "sanitise": 0,
    "profile": 0,
    "turns": 1,
    "providers": 1,
    "line": 1,
    "journal": 2,
    "agent": 3,
    "worker": 4,
    "calls": 4,
    "telephony": 4,
    "records": 4,
    "doctor": 4,
    "talk": 4,
    "tuning": 4,
    "cli": 5,
    "pytest_plugin": 6,
    "__main__": 6,
}
LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
ROOMS = [name for name, path in modules().items() if path.name == "__init__.py" and name.count(".") == 1]


def test_every_room_has_its_floor() -> None:
    assert {room(module) for module in modules()} <= FLOORS.keys()


def test_nothing_imports_upward() -> None:
    pairs = [(module, other) for module in modules() for other in imported_modules(module)]
    assert [pair for pair in pairs if FLOORS[room(pair[1])] > FLOORS[room(pair[0])]] == []


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
