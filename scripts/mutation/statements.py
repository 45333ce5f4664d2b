"""Which statement a line belongs to, and whether it runs when the module is imported."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """A statement without its body: its first and last line, and whether it is outside of every function."""

    first: int
    last: int
    at_import: bool


def statements(source: str) -> dict[int, Statement]:
    """Return the innermost statement of each line that has one."""
    found: dict[int, Statement] = {}
    _note(ast.parse(source), True, found)
    return found


def _note(node: ast.AST, at_import: bool, found: dict[int, Statement]) -> None:
    if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
        header = _header(node, at_import)
        found.update(dict.fromkeys(range(header.first, header.last + 1), header))
    inside = at_import and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    for child in ast.iter_child_nodes(node):
        _note(child, inside, found)


def _header(node: ast.stmt | ast.ExceptHandler | ast.match_case, at_import: bool) -> Statement:
    start = node.pattern if isinstance(node, ast.match_case) else node
    decorators = getattr(node, "decorator_list", [])
    first = min([start.lineno, *(decorator.lineno for decorator in decorators)])
    body = getattr(node, "body", None)
    last = body[0].lineno - 1 if body else (start.end_lineno or start.lineno)
    return Statement(first, max(first, last), at_import)
