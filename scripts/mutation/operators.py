"""The changes that are made to the code: cosmic-ray's operators, those of them that say something, and three more.

Left out are the operators that change names, decorators or texts, and all but one or two of the replacements of each
comparison and each arithmetic operator: the others are noticed by the same tests.
"""

from collections.abc import Iterator
from typing import Protocol, cast

import parso
from cosmic_ray.operators.provider import OperatorProvider
from parso.tree import BaseNode, NodeOrLeaf

Position = tuple[tuple[int, int], tuple[int, int]]

COMPARISONS = (
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt"),
    *("Lt_GtE", "LtE_Gt", "Gt_LtE", "GtE_Lt"),
)
ARITHMETIC = (
    *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "Mod_FloorDiv", "Pow_Mul"),
    *("LShift_RShift", "RShift_LShift", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitAnd"),
)
CHOSEN = (
    *(f"ReplaceComparisonOperator_{pair}" for pair in COMPARISONS),
    *(f"ReplaceBinaryOperator_{pair}" for pair in ARITHMETIC),
    *("ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Invert"),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "NumberReplacer"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ZeroIterationForLoop"),
)


CONDITIONS = {"if", "elif", "while"}


class Operator(Protocol):
    """What an operator of cosmic-ray does."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Name each place (line and column) where the operator can change the node."""

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """Change the place of that index, in the tree; return the node, or the one that replaces it."""


class ReplaceMembership:
    """Turns `in` into `not in` and the other way round."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Name each `in` and `not in` of a comparison."""
        for operator in self._places(node):
            yield operator.start_pos, operator.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """Replace the operator of that index."""
        operator = self._places(node)[index]
        _replace(operator, "in" if "not" in text(operator) else "not in")
        return node

    @staticmethod
    def _places(node: NodeOrLeaf) -> list[NodeOrLeaf]:
        if not isinstance(node, BaseNode) or node.type != "comparison":
            return []
        return [operator for operator in node.children[1::2] if text(operator).split()[-1] == "in"]


class NegateCondition:
    """Turns a condition round: of an if, elif, while, case, a conditional expression, a comprehension."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Name each condition."""
        for condition in self._places(node):
            yield condition.start_pos, condition.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """Negate the condition of that index."""
        condition = self._places(node)[index]
        _replace(condition, f"not ({text(condition).lstrip()})")
        return node

    @staticmethod
    def _places(node: NodeOrLeaf) -> list[NodeOrLeaf]:
        if not isinstance(node, BaseNode):
            return []
        pairs = zip(node.children, node.children[1:], strict=False)
        conditions = [after for word, after in pairs if word.type == "keyword" and text(word).strip() in CONDITIONS]
        return [condition for condition in conditions if not _is_turned_otherwise(condition)]


def _is_turned_otherwise(condition: NodeOrLeaf) -> bool:
    """Tell whether another operator makes the same of it: `a == b` becomes `a != b`, `not a` becomes `a`."""
    if not isinstance(condition, BaseNode):
        return False
    return condition.type == "not_test" or (condition.type == "comparison" and len(condition.children) == 3)


class ReplaceException:
    """Lets an `except` clause no longer catch one of its exceptions. cosmic-ray's own fails on dotted names."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        """Name each exception of the clause."""
        for caught in self._places(node):
            yield caught.start_pos, caught.end_pos

    def mutate(self, node: NodeOrLeaf, index: int) -> NodeOrLeaf:
        """Replace the exception of that index by one that Python never raises."""
        _replace(self._places(node)[index], "FloatingPointError")
        return node

    @staticmethod
    def _places(node: NodeOrLeaf) -> list[NodeOrLeaf]:
        if not isinstance(node, BaseNode) or node.type != "except_clause":
            return []
        caught = node.children[1]
        if not isinstance(caught, BaseNode) or caught.type != "atom":
            return [caught]
        several = caught.children[1]
        if not isinstance(several, BaseNode) or several.type != "testlist_comp":
            return [several]
        return [child for child in several.children if child.type != "operator"]


def text(node: NodeOrLeaf) -> str:
    """Return the code of a node, with the space before it."""
    return cast(str, node.get_code())


def _replace(node: NodeOrLeaf, code: str) -> None:
    assert node.parent is not None
    prefix = node.get_first_leaf().prefix
    node.parent.children = [parso.parse(prefix + code) if child is node else child for child in node.parent.children]


BINARY = frozenset({"arith_expr", "term", "expr", "xor_expr", "and_expr", "shift_expr", "power"})
"""Where parso has an operator of arithmetic; the same signs stand for other things in calls and parameters."""


def applies(operator: Operator, node: NodeOrLeaf) -> bool:
    """Tell whether the operator may look at that node: cosmic-ray takes the `*` of a parameter list for a product."""
    arithmetic = type(operator).__name__.startswith("ReplaceBinaryOperator")
    return not arithmetic or (node.parent is not None and node.parent.type in BINARY)


def operators() -> list[Operator]:
    """Return one of each operator that is used."""
    provider = OperatorProvider()
    return [*(provider[name]() for name in CHOSEN), ReplaceMembership(), NegateCondition(), ReplaceException()]
