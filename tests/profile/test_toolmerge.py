import pytest

from callagent.profile import Profile
from tests.support.profiles import Profiles

BASE = """\
tools:
  hang_up: {}
  book: {description: Books., parameters: {day: {}}, returns: 'Booked for {day}.', timeout: 5 s}
replies:
  - {when: bye, call: hang_up}
  - {when: friday, call: book, with: {day: Friday}}
  - {when: open, say: At nine.}
numbers: {"+12025550100": {tools: [hang_up, book]}}
"""


@pytest.fixture(autouse=True)
def base(profiles: Profiles) -> None:
    profiles.minimal("base", BASE)


def extended(profiles: Profiles, text: str) -> Profile:
    profiles.write("mine", f"extends: base\n{text}\n")
    return profiles.load("mine")


def called(profile: Profile) -> list[str]:
    return [reply.tool for reply in profile.replies if reply.tool]


@pytest.mark.parametrize("off", ["off", "false", "Off", "no", '"off"'])
def test_an_inherited_tool_is_switched_off_and_what_calls_it_goes_too(profiles: Profiles, off: str) -> None:
    mine = extended(profiles, f"tools: {{book: {off}}}")
    assert list(mine.tools) == ["hang_up"]
    assert called(mine) == ["hang_up"]
    assert mine.numbers["+12025550100"].tools == ("hang_up",)


@pytest.mark.parametrize("off", ["off", "false"])
def test_all_inherited_tools_are_switched_off_at_once(profiles: Profiles, off: str) -> None:
    mine = extended(profiles, f"tools: {off}")
    assert (dict(mine.tools), called(mine), len(mine.replies)) == ({}, [], 1)


def test_no_tools_of_its_own_leaves_the_inherited_ones(profiles: Profiles) -> None:
    assert list(extended(profiles, "tools: {}").tools) == ["hang_up", "book"]


@pytest.mark.parametrize(
    ("set_", "tools"), [("tools.book=off", ["hang_up"]), ("tools.book=false", ["hang_up"]), ("tools=off", [])]
)
def test_set_switches_off_as_well(profiles: Profiles, set_: str, tools: list[str]) -> None:
    assert list(profiles.load("base", set_).tools) == tools


@pytest.mark.parametrize(
    ("tool", "message"),
    [
        (
            "bok: off",
            "mine.yaml:2: tools.bok: is not inherited, so there is nothing to switch off; did you mean 'book'?",
        ),
        ("book: ", "mine.yaml:2: tools.book: has no value; write `off` to remove the inherited tool"),
        ("book: of", "mine.yaml:2: tools.book: needs a mapping (key: value), or `off` for an inherited tool"),
    ],
)
def test_a_switch_that_switches_nothing_is_told(profiles: Profiles, tool: str, message: str) -> None:
    profiles.write("mine", f"extends: base\ntools: {{{tool}}}\n")
    assert profiles.problems("mine")[0].startswith(message)


def test_a_profile_that_extends_nothing_has_nothing_to_switch_off(profiles: Profiles) -> None:
    profiles.minimal("alone", "tools: {hang_up: off}\n")
    assert profiles.problems("alone")[0].startswith("alone.yaml:5: tools.hang_up: is not inherited")


def test_a_reply_of_its_own_that_calls_what_is_off_is_told(profiles: Profiles) -> None:
    profiles.write("mine", "extends: base\ntools: {book: off}\nreplies: [{when: x, call: book, with: {day: y}}]\n")
    assert profiles.problems("mine") == ["mine.yaml:3: replies[0].call: the profile has no tool 'book'"]


@pytest.mark.parametrize("deed", ["returns: Done.", "run: 'os:getcwd'"])
def test_a_tool_that_does_something_else_keeps_nothing_of_the_inherited_one(profiles: Profiles, deed: str) -> None:
    mine = extended(profiles, f"tools: {{book: {{description: Mine., {deed}}}}}")
    book = mine.tools["book"]
    assert (book.description, dict(book.parameters), book.timeout) == ("Mine.", {}, 20.0)
    assert list(mine.tools) == ["hang_up", "book"]
    assert called(mine) == ["hang_up"]


def test_a_tool_that_is_given_anew_with_its_parameters_keeps_the_replies(profiles: Profiles) -> None:
    mine = extended(profiles, "tools: {book: {description: B, parameters: {day: {}}, run: 'os:getcwd'}}")
    assert called(mine) == ["hang_up", "book"]


def test_single_keys_of_an_inherited_tool_can_be_changed(profiles: Profiles) -> None:
    mine = extended(profiles, "tools: {book: {timeout: 1 s}}")
    assert mine.tools["book"] == profiles.load("base").tools["book"].model_copy(update={"timeout": 1.0})
    assert called(mine) == ["hang_up", "book"]


def test_parameters_are_replaced_as_one(profiles: Profiles) -> None:
    profiles.write("mine", "extends: base\ntools: {book: {parameters: {hour: {}}}}\n")
    assert "{day} is not a parameter of the tool" in profiles.problems("mine")[0]


def test_a_tool_that_was_off_in_between_does_not_come_back_by_a_setting(profiles: Profiles) -> None:
    profiles.write("between", "extends: base\ntools: {book: off}\n")
    profiles.write("mine", "extends: between\ntools: {book: {timeout: 1 s}}\n")
    assert "needs exactly one of `run`, `http` and `returns`" in profiles.problems("mine")[0]


def test_a_single_value_that_is_set_leaves_the_rest_of_the_tool(profiles: Profiles) -> None:
    book = profiles.load("base", "tools.book.returns=Noted for {day}.").tools["book"]
    assert (book.returns, list(book.parameters), book.timeout) == ("Noted for {day}.", ["day"], 5.0)
    book = profiles.load("base", "tools.book.run=os:getcwd").tools["book"]
    assert (book.run, book.returns, list(book.parameters)) == ("os:getcwd", "", ["day"])
    assert profiles.load("base", "tools.book.parameters.day.type=number").tools["book"].returns


@pytest.mark.parametrize(
    ("fillers", "expected"),
    [
        ("[a]", (("a",), 1.0, 8.0, 3)),
        ("{most: 1}", (("One moment.",), 1.0, 8.0, 1)),
        ("{delay: 2 s}", (("One moment.",), 2.0, 8.0, 3)),
    ],
)
def test_fillers_are_a_list_or_say_more(profiles: Profiles, fillers: str, expected: tuple[object, ...]) -> None:
    profiles.minimal("polite", "fillers: [One moment.]\n")
    profiles.write("mine", f"extends: polite\nfillers: {fillers}\n")
    found = profiles.load("mine").fillers
    assert (found.say, found.delay, found.interval, found.most) == expected


@pytest.mark.parametrize("fillers", [[], ["a"], {"most": 1}, {}])
def test_fillers_are_shown_as_they_were_written(profiles: Profiles, fillers: object) -> None:
    profiles.minimal("x", f"tools: {{book: {{description: B, returns: x, fillers: {fillers}}}}}\n")
    assert profiles.load("x").model_dump(mode="json")["tools"]["book"]["fillers"] == fillers


def test_a_whole_tool_that_is_set_keeps_nothing_of_the_inherited_one(profiles: Profiles) -> None:
    book = profiles.load("base", "tools.book={description: Mine., returns: Done.}").tools["book"]
    assert (book.description, dict(book.parameters), book.timeout) == ("Mine.", {}, 20.0)


def test_all_parameters_are_set_as_one_and_a_single_one_beside_the_others(profiles: Profiles) -> None:
    plain = ("replies=[]", "tools.book.returns=Done.")
    book = profiles.load("base", *plain, "tools.book.parameters={hour: {}}").tools["book"]
    assert list(book.parameters) == ["hour"]
    book = profiles.load("base", *plain, "tools.book.parameters.hour={}").tools["book"]
    assert list(book.parameters) == ["day", "hour"]


KEYED = """\
tools:
  send_dtmf: {confirm: true}
  book: {description: Books., returns: Booked.}
replies:
  - {when: press, call: send_dtmf, with: {keys: '1'}}
  - {when: book, call: book}
numbers:
  "+12025550100": {greeting: Hi., tools: [send_dtmf, book]}
  "+12025550101": {greeting: Hello.}
"""


def test_a_change_of_another_key_leaves_the_replies_that_call_the_tool(profiles: Profiles) -> None:
    profiles.minimal("base", KEYED)
    assert called(extended(profiles, "tools: {send_dtmf: {confirm: false}}")) == ["send_dtmf", "book"]


def test_numbers_with_all_tools_have_those_that_are_left(profiles: Profiles) -> None:
    profiles.minimal("base", KEYED)
    mine = extended(profiles, "tools: {book: off}")
    assert called(mine) == ["send_dtmf"]
    assert [settings.tools for settings in mine.numbers.values()] == [("send_dtmf",), None]
