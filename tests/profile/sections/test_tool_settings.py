import pytest

from tests.support.profiles import Profiles

BOOK = "tools: {book: {description: Books., parameters: {day: {}}, returns: 'Booked for {day}.'}}\n"


@pytest.mark.parametrize(
    ("tools", "message"),
    [
        ("{book: {description: Books.}}", "book: needs exactly one of `run`, `http` and `returns`"),
        ("{book: {description: B, run: 'a:b', returns: x}}", "book: needs exactly one of `run`, `http` and `returns`"),
        ("{hangup: {}}", "hangup: needs exactly one of `run`, `http` and `returns`; did you mean 'hang_up'?"),
        ("{hang_up: {returns: x}}", "hang_up: is built in and takes no settings but `confirm`"),
        ("{Book: {}}", "Book: the name of a tool has small letters, digits and _, at most 64"),
        ("{book: {returns: x}}", "book.description: is missing: the LLM cannot know when to call the tool"),
        (
            "{book: {description: B, parameters: {day: {}}, returns: 'At {dat}'}}",
            "book.returns: {dat} is not a parameter of the tool; did you mean 'day'?",
        ),
        (
            "{book: {description: B, parameters: {day: {}}, returns: '{day.__class__}'}}",
            "book.returns: may only hold plain fields such as {day}",
        ),
        ("{book: {description: B, returns: '{'}}", "book.returns: is not a template: "),
        ("{book: {description: B, returns: x, parameters: {a-b: {}}}}", "book.parameters.a-b: is not a name"),
        (
            "{book: {description: B, returns: x, parameters: {a: {type: text}}}}",
            "book.parameters.a.type: must be 'string', 'integer', 'number', 'boolean', 'array' or 'object'",
        ),
        ("{book: {description: B, run: os.system}}", "book.run: "),
        (
            "{book: {description: B, run: 'a:b', retries: 2}}",
            "book.retries: needs `idempotent: true`: a tool that is tried again may do twice what it does",
        ),
        ("{book: {description: B, run: 'a:b', retries: 9, idempotent: true}}", "book.retries: must be at most 5"),
        (
            "{book: {description: B, run: 'a:b', interruptible: false, on_duplicate: replace}}",
            "book.on_duplicate: cannot be `replace`",
        ),
        (
            "{book: {description: B, run: 'a:b', on_duplicate: refuse}}",
            "book.on_duplicate: must be 'allow', 'reject', 'replace' or 'confirm'",
        ),
    ],
)
def test_tools_that_could_not_run_are_refused(profiles: Profiles, tools: str, message: str) -> None:
    profiles.minimal("x", f"tools: {tools}\n")
    assert profiles.problems("x")[0].startswith(f"x.yaml:5: tools.{message}")


@pytest.mark.parametrize("nothing", ["{}", ""])
def test_a_built_in_tool_needs_nothing_but_its_name(profiles: Profiles, nothing: str) -> None:
    profiles.minimal("x", f"tools:\n  hang_up: {nothing}\n")
    assert list(profiles.load("x").tools) == ["hang_up"]


def test_a_reply_is_read_with_its_tool_and_arguments(profiles: Profiles) -> None:
    profiles.minimal("x", BOOK + "replies: [{when: book, call: book, with: {day: friday}, say: Done.}]\n")
    (reply,) = profiles.load("x").replies
    assert (reply.when, reply.say, reply.tool, reply.args) == ("book", "Done.", "book", {"day": "friday"})


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ("{when: hi}", "replies[0]: needs `say`, `call` or both"),
        ("{when: '', say: x}", "replies[0].when: must not be empty"),
        ("{when: '/(/', say: x}", "replies[0].when: is not a regular expression: "),
        ("{when: hi, say: x, with: {day: 1}}", "replies[0].with: has no tool to go to; add `call`"),
        ("{when: hi, call: bok}", "replies[0].call: the profile has no tool 'bok'; did you mean 'book'?"),
        ("{when: hi, call: book}", "replies[0].with.day: is missing; book needs it"),
        (
            "{when: hi, call: book, with: {day: x, dya: x}}",
            "replies[0].with.dya: is not a parameter of book; did you mean 'day'?",
        ),
        ("{when: hi, tool: book}", "replies[0].tool: unknown key"),
    ],
)
def test_replies_that_could_not_be_given_are_refused(profiles: Profiles, reply: str, message: str) -> None:
    profiles.minimal("x", f"{BOOK}replies:\n  - {reply}\n")
    assert profiles.problems("x")[0].startswith(f"x.yaml:7: {message}")
