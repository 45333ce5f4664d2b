import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from callagent.provisioning import Item, Kind, carry_out, make_plan
from callagent.provisioning.collisions import keys
from callagent.provisioning.resources import Create, Delete, Existing, Park, Update
from callagent.provisioning.secret import NO_SECRET, Secret
from callagent.provisioning.waves import waves
from tests.provisioning.items import item, rule, there, trunk
from tests.provisioning.shelf import Shelf

ONE, TWO, THREE = "+12025550100", "+12025550101", "+12025550102"

names = st.sampled_from("abcd")
numbers = st.lists(st.sampled_from([ONE, TWO, THREE]), max_size=2, unique=True).map(tuple)
trunks = st.builds(lambda name, called, calling: trunk(name, *called, allowed_numbers=calling), names, numbers, numbers)
outbound = st.builds(lambda name, called: item(Kind.OUTBOUND, name, numbers=called), names, numbers)


@st.composite
def stacks(draw: st.DrawFn, prefix: str = "") -> list[Item]:
    """Objects that LiveKit allows side by side; rules name trunks among them."""
    chosen = _compatible(draw(st.lists(trunks, max_size=4)), prefix)
    known = [each.name for each in chosen]
    some = st.lists(st.sampled_from(known), max_size=2, unique=True) if known else st.just([])
    pins = st.sampled_from([NO_SECRET, Secret("1"), Secret("2")])
    rules = st.builds(
        lambda name, on, called, pin: rule(name, *on, numbers=called, pin=pin), names, some, numbers, pins
    )
    chosen += _compatible(draw(st.lists(rules, max_size=4)), prefix)
    return chosen + _compatible(draw(st.lists(outbound, max_size=2)), prefix)


def _compatible(items: list[Item], prefix: str) -> list[Item]:
    kept: list[Item] = []
    for each in items:
        named = Item(each.kind, prefix + each.name, each.fields)
        if all(named.name != other.name and not keys(named) & keys(other) for other in kept):
            kept.append(named)
    return kept


def apply(shelf: Shelf, wanted: list[Item]) -> None:
    plan = make_plan(wanted, shelf.listed("mine"), "mine")
    assert not plan.conflicts
    outcome = asyncio.run(carry_out(plan, shelf, "mine"))
    assert outcome.failed == [] and outcome.complete


def content(existing: list[Existing]) -> set[str]:
    """What there is, in an order of its own."""
    return {
        repr((each.item.kind, each.item.name, sorted((k, _sorted(v)) for k, v in each.item.fields.items())))
        for each in existing
    }


def _sorted(value: object) -> str:
    if isinstance(value, Secret):
        return value.value
    return str(sorted(value) if isinstance(value, tuple) else value)


@settings(max_examples=60, deadline=None)
@given(stacks(), stacks())
def test_applying_a_plan_gives_what_the_file_says_and_nothing_is_left_to_do(
    before: list[Item], after: list[Item]
) -> None:
    shelf = Shelf()
    for wanted in (before, after):
        apply(shelf, wanted)
        assert content(shelf.listed("mine")) == content([there(each) for each in wanted])
        assert make_plan(wanted, shelf.listed("mine"), "mine").changes == ()


@settings(max_examples=60, deadline=None)
@given(stacks(), stacks(), stacks("their "))
def test_what_is_not_managed_stays_as_it_is(before: list[Item], after: list[Item], theirs: list[Item]) -> None:
    shelf = Shelf()
    foreign = [Existing(each, f"their-{i}", None) for i, each in enumerate(theirs)]
    for each in foreign:
        shelf.put(each)
    taken = frozenset[object]().union(*(keys(each) for each in theirs))
    for wanted in (before, after):
        apply(shelf, [each for each in wanted if not keys(each) & taken])
    assert [shelf.objects[each.id] for each in foreign] == foreign


def steps(wanted: list[Item], *existing: Existing) -> list[list[type]]:
    return [[type(step) for step in wave] for wave in waves(make_plan(wanted, existing, "mine"))]


def test_trunks_come_before_rules_and_deletions_last_rules_first() -> None:
    old = (there(trunk("old", THREE), "X1"), there(rule("old", "old"), "X2"))
    plan = make_plan([rule("new", "new"), trunk("new", ONE)], old, "mine")
    made = [(type(step), step.item.kind) for wave in waves(plan) for step in wave]
    assert made == [
        (Create, Kind.INBOUND),
        (Create, Kind.RULE),
        (Delete, Kind.RULE),
        (Delete, Kind.INBOUND),
    ]


def test_a_number_that_moves_is_given_up_before_it_is_taken() -> None:
    a, b = there(trunk("a", ONE, TWO), "X1"), there(trunk("b", THREE), "X2")
    plan = make_plan([trunk("b", TWO, THREE), trunk("a", ONE)], (a, b), "mine")
    assert [step.item.name for wave in waves(plan) for step in wave] == ["a", "b"]


def test_what_is_deleted_goes_first_where_its_number_is_needed() -> None:
    assert steps([trunk("new", ONE)], there(trunk("old", ONE))) == [[Delete], [Create]]


def test_of_two_that_change_places_one_is_parked() -> None:
    a, b = there(trunk("a", ONE), "X1"), there(trunk("b", TWO), "X2")
    assert steps([trunk("a", TWO), trunk("b", ONE)], a, b) == [[Park], [Update], [Update]]


def test_what_does_not_touch_is_done_at_once() -> None:
    assert steps([trunk("a", ONE), trunk("b", TWO), trunk("c", THREE)]) == [[Create, Create, Create]]
