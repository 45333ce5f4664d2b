import pytest

from callagent.agent.tools import build_tools, fill
from callagent.profile import Document, Profile, load_profile, validate


def profile_with(**tool: object) -> Profile:
    base = load_profile("en-US", env={}).model_dump(mode="json", by_alias=True)
    return validate(Profile, Document.of({**base, "replies": [], "tools": {"look_up": tool}}, "test"))


def test_every_tool_of_the_profile_is_built() -> None:
    names = {tool.id for tool in build_tools(load_profile("en-US", env={}))}
    assert names == {"hang_up", "book_appointment"}


def test_a_function_that_cannot_be_imported_is_named() -> None:
    with pytest.raises(ValueError, match=r"tools.look_up.run: cannot import 'no.such:thing'"):
        build_tools(profile_with(description="x", run="no.such:thing"))


def test_a_template_keeps_names_without_a_value() -> None:
    assert fill("Booked for {day} at {time}.", {"day": "Friday"}) == "Booked for Friday at {time}."
