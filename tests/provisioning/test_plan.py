import pytest

from callagent.provisioning import make_plan
from callagent.provisioning.resources import Create, Delete, FieldChange, Kind, Update
from callagent.provisioning.secret import Secret
from tests.provisioning.items import item, rule, there, trunk

ONE, TWO = "+12025550100", "+12025550101"


def test_what_is_as_it_should_be_needs_nothing() -> None:
    assert make_plan([trunk("a", ONE, TWO)], [there(trunk("a", TWO, ONE))], "mine").changes == ()


def test_a_change_names_the_fields_that_differ_and_no_other() -> None:
    existing = there(trunk("a", ONE, krisp=True))
    (change,) = make_plan([trunk("a", ONE, ringing_timeout=20.0, krisp=True)], [existing], "mine").changes
    assert isinstance(change, Update)
    assert change.fields == (FieldChange("ringing_timeout", 0.0, 20.0),)


def test_what_the_file_no_longer_has_is_deleted_if_this_stack_created_it() -> None:
    mine, others, nobody = there(trunk("a", ONE)), there(trunk("b", TWO), "X2", "other"), there(rule("c"), "X3", None)
    plan = make_plan([], [mine, others, nobody], "mine")
    assert (plan.changes, plan.unmanaged) == ((Delete(mine),), (others, nobody))


def test_objects_of_different_kinds_may_share_a_name() -> None:
    assert make_plan([rule("a")], [there(trunk("a", ONE), stack=None)], "mine").changes == (Create(rule("a")),)


def test_the_second_of_two_with_one_name_is_deleted() -> None:
    first, second = there(rule("a", numbers=(ONE,)), "X1"), there(rule("a"), "X2")
    assert make_plan([rule("a", numbers=(ONE,))], [second, first], "mine").changes == (Delete(second),)


@pytest.mark.parametrize(("stack", "owner"), [(None, "callagent did not create"), ("other", "stack 'other' created")])
def test_a_name_that_somebody_else_has_is_in_the_way(stack: str | None, owner: str) -> None:
    plan = make_plan([trunk("a", ONE)], [there(trunk("a", ONE), stack=stack)], "mine")
    (conflict,) = plan.conflicts
    assert plan.changes == ()
    assert owner in conflict.message and "--adopt" in conflict.message


def test_adopting_takes_it_over_even_where_nothing_else_changes() -> None:
    existing = there(trunk("a", ONE), stack=None)
    plan = make_plan([trunk("a", ONE)], [existing], "mine", adopt=True)
    assert plan.changes == (Update(existing, trunk("a", ONE), (), adopted=True),)
    assert (len(plan.unmanaged), len(plan.conflicts)) == (0, 0)


def test_two_of_one_name_cannot_be_adopted() -> None:
    plan = make_plan([rule("a")], [there(rule("a"), "X1", None), there(rule("a"), "X2", None)], "mine", adopt=True)
    assert "2 dispatch rules of this name" in plan.conflicts[0].message


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        (trunk("a", ONE), trunk("b", "1 202 555 0100")),
        (rule("a", "main"), rule("b", "main")),
        (rule("a"), rule("b", krisp=True)),
        (rule("a", numbers=(ONE, TWO)), rule("b", numbers=(TWO,))),
    ],
)
def test_what_livekit_would_refuse_because_of_an_unmanaged_object_is_a_conflict(wanted: object, other: object) -> None:
    assert isinstance(wanted, type(trunk("a"))) and isinstance(other, type(wanted))
    (conflict,) = make_plan([wanted], [there(other, "X9", None)], "mine").conflicts
    assert (conflict.name, "'b' (X9)" in conflict.message) == ("a", True)


def test_a_password_that_the_server_hides_is_compared_by_its_digest() -> None:
    def wanted(password: str) -> object:
        return item(Kind.OUTBOUND, "a", auth__password=Secret(password))

    existing = there(item(Kind.OUTBOUND, "a", auth__password=Secret("****")), sealed="digest of new")
    for password, changes in (("new", 0), ("other", 1)):
        item_ = wanted(password)
        assert isinstance(item_, type(existing.item))
        plan = make_plan([item_], [existing], "mine", matches=lambda digest, s: digest == f"digest of {s.value}")
        assert len(plan.changes) == changes
