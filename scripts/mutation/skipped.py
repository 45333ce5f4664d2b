"""Which places of a file say nothing when they are changed: annotations, log calls, what a type checker alone reads."""

import ast
from collections.abc import Iterator

Span = tuple[tuple[int, int], tuple[int, int]]

LOGGERS = {"log", "logger"}
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
OPAQUE_CALLS = {"dataclass", "lru_cache", "TypeVar", "isinstance", "issubclass", "cast"}
"""Frozen or not, how much is cached, of which types: behaviour is the same, or every caller fails at once."""

OPAQUE_KEYWORDS = {"strict"}
"""`zip(strict=True)` is an assertion."""


def skipped_spans(source: str) -> list[Span]:
    """Return every place that is left alone, as ((line, column), (line, column)), columns in characters."""
    lines = source.splitlines()

    def place(line: int, byte: int) -> tuple[int, int]:
        return line, len(lines[line - 1].encode()[:byte].decode())

    return [
        (place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset))
        for node in _skipped(ast.parse(source))
        if node.end_lineno is not None and node.end_col_offset is not None
    ]


def _skipped(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.Call() if _is_opaque(node):
                yield node
            case ast.Call():
                yield from (keyword.value for keyword in node.keywords if keyword.arg in OPAQUE_KEYWORDS)
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield from _types(annotation)
            case (
                ast.FunctionDef(returns=ast.expr() as annotation)
                | ast.AsyncFunctionDef(returns=ast.expr() as annotation)
            ):
                yield from _types(annotation)
            case ast.Assign(targets=[ast.Name(id=name)]) if name[0].isupper() and not name.isupper():
                yield node  # a name for a type
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield node
            case _:
                pass


def _is_opaque(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in OPAQUE_CALLS
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return name in OPAQUE_CALLS or (owner.strip("_").lower() in LOGGERS and name in LOG_METHODS)
        case _:
            return False


def _types(annotation: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of an annotation that only name types: not the `Field(…)` in an `Annotated`."""
    match annotation:
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[first, *_])):
            yield first
        case ast.BinOp(left=left, right=right) if any(map(_is_annotated, (left, right))):
            yield from _types(left)
            yield from _types(right)
        case _:
            yield annotation


def _is_annotated(node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Annotated"


def is_skipped(start: tuple[int, int], spans: list[Span]) -> bool:
    """Tell whether that place lies in one of the spans."""
    return any(first <= start < last for first, last in spans)
