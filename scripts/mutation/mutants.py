"""The mutants of a file: its source with one small change each."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import parso
from cosmic_ray.ast import ast_nodes
from parso.tree import BaseNode, Leaf, NodeOrLeaf

from scripts.mutation.operators import Operator, applies, operators, text
from scripts.mutation.skipped import is_skipped, skipped_spans
from scripts.mutation.statements import Statement, statements


@dataclass(frozen=True)
class Mutant:
    """One changed line of a file; `before` and `after` are that line with single spaces, `source` is the whole file."""

    file: str
    line: int
    before: str
    after: str
    statement: Statement
    source: str = field(repr=False)

    @property
    def change(self) -> tuple[str, str, str]:
        """What names the mutant whatever else changes in the file; equal lines of a file share it."""
        return self.file, self.before, self.after

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n    - {self.before}\n    + {self.after}"


def mutants(file: str, source: str) -> list[Mutant]:
    """Return every mutant of that source, in the order of its lines; one that is
    no Python, or no change, is left out.
    """
    spans = skipped_spans(source)
    headers = statements(source)
    lines = source.splitlines()
    found: dict[str, Mutant] = {}
    for start, changed in _changes(source):
        if is_skipped(start, spans) or changed in found or not _compiles(changed):
            continue
        differing = [
            (number, old, new)
            for number, (old, new) in enumerate(zip(lines, changed.splitlines(), strict=False), start=1)
            if old.split() != new.split()
        ]
        if differing:
            line, old, new = differing[0]
            found[changed] = Mutant(file, line, spaced(old), spaced(new), headers[line], changed)
    return sorted(found.values(), key=lambda mutant: mutant.line)


def _changes(source: str) -> Iterator[tuple[tuple[int, int], str]]:
    tree = parso.parse(source)
    used = operators()
    for node in list(ast_nodes(tree)):
        for operator in used:
            if applies(operator, node):
                for index, (start, _) in enumerate(list(operator.mutation_positions(node))):
                    yield start, _changed(tree, operator, node, index)


def _changed(tree: BaseNode, operator: Operator, node: NodeOrLeaf, index: int) -> str:
    """Return the source with that change; the tree is as before afterwards, parsing
    it anew for each would take seconds.
    """
    nodes = [member for member in (node, node.parent, *getattr(node, "children", ())) if isinstance(member, BaseNode)]
    nodes += [child for member in nodes[:] for child in member.children if child.type == "testlist_comp"]
    children = [(member, list(member.children)) for member in nodes]
    leaves = [(leaf, leaf.value) for leaf in (node, *getattr(node, "children", ())) if isinstance(leaf, Leaf)]
    replaced = operator.mutate(node, index)
    if replaced is not node and node.parent is not None:
        if isinstance(replaced, Leaf) and isinstance(node, Leaf):
            replaced.value, replaced.prefix = replaced.value.strip(), node.prefix
        node.parent.children = [replaced if child is node else child for child in node.parent.children]
    changed = text(tree)
    for member, before in children:
        member.children = before
    for leaf, value in leaves:
        leaf.value = value
    return changed


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def spaced(line: str) -> str:
    """Return the line as mutants are compared: words with single spaces between them."""
    return " ".join(line.split())
