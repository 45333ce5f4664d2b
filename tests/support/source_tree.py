"""The package as text: its modules, what they import, how long they are. Nothing here imports the package."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def modules() -> dict[str, Path]:
    """Path by dotted name, for every module of the package."""
    files = sorted((ROOT / "callagent").rglob("*.py"))
    return {".".join(f.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): f for f in files}


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def room(module: str) -> str:
    """`turns` for `callagent.turns.gate.rules.echo`, `worker` for `callagent.worker`, empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


@cache
def imports(module: str, *, lazy: bool = True) -> set[str]:
    """Dotted names of what a module imports; with `lazy` also inside functions and for type checking."""
    nodes = ast.walk(tree(module)) if lazy else iter(tree(module).body)
    return {name for node in nodes for name in _imported(module, node)}


@cache
def imported_modules(module: str, *, lazy: bool = True) -> set[str]:
    """The modules of the package among the imports."""
    return (imports(module, lazy=lazy) & modules().keys()) - {module}


def functions(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _imported(module: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _absolute(module, node)
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    inside = parts if modules()[module].name == "__init__.py" else parts[:-1]
    kept = inside[: len(inside) - (node.level - 1)]
    return ".".join([*kept, *([node.module] if node.module else [])])
