"""Names that a reader relies on: a constant's unit, and the logger of a room."""

import ast
import re
from collections.abc import Iterator

from tests.support.source_tree import modules, room, tree

UNITS = {
    "S": re.compile(r"^(Virtual )?Seconds\b|\bin (virtual )?seconds\b", re.IGNORECASE),
    "MS": re.compile(r"^Milliseconds\b|\bin milliseconds\b"),
    "DBFS": re.compile(r"^dBFS\b|\bin dBFS\b"),
    "DB": re.compile(r"^dB\b|\bin dB\b"),
    "HZ": re.compile(r"^Hertz\b|\bin hertz\b"),
    "BYTES": re.compile(r"^Bytes\b"),
}
"""How the docstring of a constant names a unit, by the end of the constant's name."""

WAITS = {"asyncio.sleep", "asyncio.timeout", "time.sleep"}


def constants(module: ast.Module) -> Iterator[tuple[str, ast.expr, str]]:
    """Name, value and docstring of each."""
    for node, following in zip(module.body, [*module.body[1:], None], strict=True):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                continue
        match following:
            case ast.Expr(value=ast.Constant(value=str(text))) if name.isupper():
                yield name, value, " ".join(text.split())


def is_number(value: ast.expr) -> bool:
    match value:
        case ast.Tuple(elts=[_, *_] as parts):
            return all(map(is_number, parts))
        case ast.UnaryOp(operand=part):
            return is_number(part)
        case ast.BinOp(left=left, right=right):
            return is_number(left) or is_number(right)
    return isinstance(value, ast.Constant) and type(value.value) in (int, float)


def unit(text: str) -> str | None:
    return next((unit for unit, named in UNITS.items() if named.search(text)), None)


def test_a_constant_has_the_unit_in_its_name_that_its_docstring_gives() -> None:
    given = [
        (module, name, unit(text))
        for module in modules()
        for name, value, text in constants(tree(module))
        if is_number(value) and unit(text)
    ]
    assert len(given) > 100
    assert [(module, name) for module, name, end in given if not name.endswith(f"_{end}")] == []


def test_what_is_waited_for_is_in_seconds() -> None:
    calls = [(module, node) for module in modules() for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    waits = [(module, call.args[0]) for module, call in calls if ast.unparse(call.func) in WAITS and call.args]
    named = [(module, time.id) for module, time in waits if isinstance(time, ast.Name) and time.id.isupper()]
    assert named and [(module, name) for module, name in named if not name.endswith("_S")] == []


def test_a_logger_is_called_log_and_named_after_its_room() -> None:
    named = [
        (module, ast.unparse(node))
        for module in modules()
        for node in tree(module).body
        if isinstance(node, ast.Assign) and "getLogger" in ast.unparse(node.value)
    ]
    assert named
    assert [line for module, line in named if line != f"_log = logging.getLogger('callagent.{room(module)}')"] == []
