from pathlib import Path
from textwrap import dedent

import pytest

from callagent.profile import ToolSpec
from callagent.scripted_calls import CallFile, load_call, plan_call
from callagent.yaml_config import ConfigError

AGENT = """
    agent:
      greeting: Good morning.
      replies:
        - {when: book, call: reserve_table, with: {day: friday, people: 2}, say: Done.}
        - {when: bye, call: hang_up}
      otherwise: Pardon?
"""


def script(directory: Path, text: str) -> CallFile:
    file = directory / "call.yaml"
    file.write_text("call: A call\nprofile: en-US\n" + dedent(text))
    return load_call(file)


def test_the_scripts_agent_replaces_the_profiles(tmp_path: Path) -> None:
    profile = plan_call(script(tmp_path, AGENT + "    steps: [{agent_says: morning}]"), env={}).profile
    assert profile.greeting == "Good morning."
    assert profile.otherwise == "Pardon?"
    assert [reply.when for reply in profile.replies] == ["book", "bye"]


def test_without_an_agent_the_profile_is_used_as_it_is(tmp_path: Path) -> None:
    call = script(tmp_path, "steps: [{agent_says: hello}]")
    assert plan_call(call, env={}).profile.greeting


def test_a_tool_that_only_the_replies_know_is_declared(tmp_path: Path) -> None:
    tools = plan_call(script(tmp_path, AGENT + "    steps: [{agent_says: morning}]"), env={}).profile.tools
    assert tools["reserve_table"].returns == "done"
    properties = tools["reserve_table"].json_schema["properties"]
    assert {name: each["type"] for name, each in properties.items()} == {"day": "string", "people": "integer"}
    assert tools["hang_up"] == ToolSpec()


def test_a_tool_that_nobody_has_cannot_be_expected(tmp_path: Path) -> None:
    call = script(tmp_path, AGENT + "    steps: [{caller: Book., }, {expect: {tool: reserve_tabel}}]")
    with pytest.raises(ConfigError) as caught:
        plan_call(call, env={})
    (problem,) = map(str, caught.value.problems)
    assert "step 2: expect.tool: can never be met: the agent has no tool" in problem
    assert problem.endswith("did you mean 'reserve_table'?")


def test_what_the_agent_part_gets_wrong_is_found_in_the_script(tmp_path: Path) -> None:
    call = script(
        tmp_path,
        "agent:\n  replies:\n  - {when: a, call: b, with: {x: 1}}\n  - {when: c, call: b}\nsteps: [{agent_says: a}]",
    )
    with pytest.raises(ConfigError, match=r"call\.yaml:6: replies\[1\].*: is missing; b needs it"):
        plan_call(call, env={})


def test_options_override_the_profile(tmp_path: Path) -> None:
    call = script(tmp_path, "steps: [{agent_says: hello}]")
    plan = plan_call(call, profile="en-US", sets=["interruption.grace=500 ms"], gate="stock", env={})
    assert plan.profile.interruption.grace == 0.5
    assert plan.gate == "stock"


def test_an_unknown_profile_is_refused(tmp_path: Path) -> None:
    call = script(tmp_path, "steps: [{agent_says: hello}]")
    with pytest.raises(ConfigError, match="did you mean 'en-US'"):
        plan_call(call, profile="en-UK", env={})


def test_a_profile_may_stand_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: en-US\ngreeting: Mine.\n")
    file = tmp_path / "call.yaml"
    file.write_text("call: A call\nprofile: ./mine.yaml\nsteps: [{agent_says: mine}]\n")
    assert plan_call(load_call(file), env={}).profile.greeting == "Mine."


IMPOSSIBLE = [
    (
        "steps: [{caller: Book.}, {expect: {tool: reserve_table, with: {dya: friday}}}]",
        "step 2: expect.with.dya: is not a parameter of reserve_table; did you mean 'day'?",
    ),
    (
        "never: [{tool: reserve_tabel}]\nsteps: [{caller: Book.}]",
        "never[0].tool: the agent has no tool 'reserve_tabel'; did you mean 'reserve_table'?",
    ),
    (
        'steps: [{caller: Book.}, {expect: {panel: {yield_rate: ">= 1"}}}]',
        "step 2: expect.panel.yield_rate: can never be measured: in no step the caller stops the agent",
    ),
    (
        'never: [{panel: {selectivity_vocal_tic: "< 1"}}]\nsteps: [{caller: Book.}]',
        'never[0].panel.selectivity_vocal_tic: can never be measured: in no step a sound or an "um" is to be ignored',
    ),
]


@pytest.mark.parametrize(("text", "problem"), IMPOSSIBLE, ids=[problem for _, problem in IMPOSSIBLE])
def test_what_cannot_happen_with_this_agent_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    call = script(tmp_path, dedent(AGENT) + text)
    with pytest.raises(ConfigError) as caught:
        plan_call(call, env={})
    (found,) = map(str, caught.value.problems)
    assert found.endswith(problem)


def test_a_fault_of_a_tool_that_nobody_has_is_refused(tmp_path: Path) -> None:
    call = script(tmp_path, "agent: {faults: {tool: {book_apointment: fails}}}\nsteps: [{caller: Hi.}]")
    with pytest.raises(ConfigError, match=r"agent\.faults\.tool\.book_apointment: .* mean 'book_appointment'"):
        plan_call(call, env={})


def test_what_the_called_side_says_by_itself_is_known_before_the_call(tmp_path: Path) -> None:
    called = 'direction: outbound\ncallee: {answers: a menu, says: Press one., keys: {"1": Sales.}, otherwise: No.}\n'
    voices = plan_call(script(tmp_path, called + "steps: [{caller: Hello.}]"), env={}).voices
    assert [getattr(voice, "text", "") for voice in voices] == ["Hello.", "Press one.", "Sales.", "No."]


def test_single_settings_of_the_profile_are_changed_for_one_call(tmp_path: Path) -> None:
    call = script(tmp_path, "agent: {set: {interruption.echo_guard: true}}\nsteps: [{caller: Hi.}]")
    interruption = plan_call(call, env={}).profile.interruption
    assert interruption.echo_guard
    assert interruption.soft_acks


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("interruption.grce: 1 s", "interruption.grce: unknown key; did you mean 'grace'?"),
        ("interruption.grace: 1", "interruption.grace: needs its unit"),
    ],
)
def test_a_wrong_setting_is_found_in_the_script(tmp_path: Path, setting: str, problem: str) -> None:
    call = script(tmp_path, f"agent:\n  set: {{{setting}}}\nsteps: [{{caller: Hi.}}]")
    with pytest.raises(ConfigError, match=r"call\.yaml:4: ") as caught:
        plan_call(call, env={})
    assert problem in str(caught.value)


@pytest.mark.parametrize("setting", ["name: x", "greeting: Hi"])
def test_what_cannot_be_set_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(ConfigError, match=r"agent\.set\."):
        script(tmp_path, f"agent: {{set: {{{setting}}}}}\nsteps: [{{caller: Hi.}}]")
