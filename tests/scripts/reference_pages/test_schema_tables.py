import pytest

from scripts.reference_pages.schema_tables import keys, sections, steps


def row(block: str, first: str) -> str:
    return next(line for line in block.splitlines() if line.startswith(f"| {first} |"))


def test_a_key_is_told_with_its_limits_its_default_and_its_meaning() -> None:
    found = row(sections("profile"), "`grace`")
    assert found.startswith("| `grace` | duration, 50 ms to 3 s | `350 ms` | How long the caller may speak without")


def test_a_choice_is_told_with_its_words() -> None:
    assert row(keys("call line"), "`codec`").startswith("| `codec` | `pcmu`, `pcma` | `pcmu` |")


def test_a_number_is_told_with_its_range() -> None:
    assert "| whole number, 1 to 10 | `2` |" in row(sections("profile"), "`content_words`")


def test_a_long_default_is_counted() -> None:
    assert row(sections("profile"), "`codes`").split(" | ")[2].endswith(" entries")


def test_keys_inside_a_key_have_its_name_in_front() -> None:
    assert row(sections("profile"), "`machines.screening.say`")
    assert row(sections("profile"), "`parameters.NAME.type`")
    assert row(keys("call agent"), "`replies[].when`")


def test_what_stands_in_several_places_is_told_once() -> None:
    block = keys("call agent")
    assert row(block, "`faults.llm`").endswith("Its keys: as in `faults.stt`. |")
    assert "`faults.llm.delay`" not in block


def test_the_keys_of_a_file_stand_by_themselves() -> None:
    assert row(keys("routes"), "`home`").startswith("| `home` | text |")
    assert "`callee.answers`" not in keys("call")


def test_sections_are_under_headings() -> None:
    block = sections("sip")
    assert "### `inbound_trunks.NAME`\n\nInbound trunks by name.\n\n| key |" in block
    assert block.index("`stack`") < block.index("###")


def test_a_step_is_told_as_it_is_written() -> None:
    block = steps("call steps")
    assert row(block, "`expect: agent stops`")
    assert row(block, "`expect: {tool: …, with: …}`")
    assert "`caller: {hangs up: …}`" in block
    assert row(block, "… `dtmf`")


def test_every_key_of_a_profile_has_a_meaning() -> None:
    rows = [line for line in sections("profile").splitlines() if line.startswith("| `")]
    assert [line for line in rows if line.endswith("| |")] == []


@pytest.mark.parametrize("name", ["nothing", "profile nothing"])
def test_what_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(LookupError):
        keys(name)
