"""Several agents in a file: what is wrong with them is a line with its place; what is inherited can go."""

import pytest

from callagent.profile import Profile, own_tools
from callagent.providers import check_providers
from callagent.yaml_config import ConfigError
from tests.support.profiles import Profiles

BASE = """\
tools:
  hang_up: {}
  stock: {description: Look., returns: Here.}
start: reception
agents:
  reception:
    hands_over: {orders: They want to order., night: They are late.}
  orders:
    tools: [stock, hang_up]
    tts: {use: local, pace: 1.2}
    collect: {name: name, phone: {what: phone_number, ask: Your number?}}
    done: reception
  night: {hands_over: {reception: They are awake.}}
replies:
  - {when: order, call: to_orders}
  - {agent: orders, when: jane, call: update_name, with: {first_name: Jane}}
  - {when: hello, say: Hello.}
"""


@pytest.fixture(autouse=True)
def base(profiles: Profiles) -> None:
    profiles.minimal("base", BASE)


def extended(profiles: Profiles, text: str) -> Profile:
    profiles.write("mine", f"extends: base\n{text}\n")
    return profiles.load("mine")


def problem_of(profiles: Profiles, text: str) -> str:
    profiles.minimal("shop", text)
    with pytest.raises(ConfigError) as refused:
        profiles.load("shop")
    return str(refused.value)


def test_what_is_written_is_there(profiles: Profiles) -> None:
    profile = profiles.load("base")
    orders = profile.agents["orders"]
    assert (profile.start, list(profile.agents)) == ("reception", ["reception", "orders", "night"])
    assert orders.collect["name"].what == "name" and orders.collect["phone"].ask == "Your number?"
    assert list(orders.models) == ["tts"] and orders.context == "carried"
    assert set(own_tools(profile) or []) >= {"to_orders", "to_reception", "update_name", "change_answer"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("agents:\n  a: {}", "start: is missing"),
        ("start: a", "start: names an agent, and there are no `agents`"),
        ("start: recepton\nagents:\n  reception: {}", "did you mean 'reception'?"),
        ("start: a\nagents:\n  a: {hands_over: {bb: Now.}}\n  b: {}", "agents.a.hands_over.bb: there is no agent 'bb'"),
        ("start: a\nagents:\n  a: {hands_over: {a: Now.}}", "cannot hand over to itself"),
        ("start: a\nagents:\n  a: {collect: {n: name}, done: c}", "agents.a.done: there is no agent 'c'"),
        ("start: a\nagents:\n  a: {collect: {n: name}, done: a}", "cannot hand over to itself"),
        ("start: a\nagents:\n  a: {}\n  b: {}", "agents.b: nothing leads to it"),
        ("start: a\nagents:\n  a: {done: b}\n  b: {}", "agents.a.done: needs `collect`"),
        (
            "start: a\nagents:\n  a: {tools: [stok]}\ntools: {stock: {description: x, returns: y}}",
            "did you mean 'stock'?",
        ),
        ("start: a\nagents:\n  a: {collect: {n: nmae}}", "did you mean 'name'?"),
        ("start: a\nagents:\n  a: {collect: {n: dtmf}}", "agents.a.collect.n.digits: is missing"),
        ("start: a\nagents:\n  a: {collect: {n: {what: name, digits: 3}}}", "is for `dtmf`"),
        ("start: a\nagents:\n  a: {collect: {a-b: name}}", "is not a name"),
        ("start: A\nagents:\n  A: {}", "small letters"),
        ("start: a\nagents:\n  a: {agent: 'x:y', greeting: Hi.}", "agents.a.greeting: is for an agent without `agent`"),
        ("start: a\nagents:\n  a: {}\nagent: 'x:y'", "agent: stands beside `agents`"),
        ("start: a\nagents:\n  a: {context: all}", "agents.a.context"),
        (
            "start: a\nagents:\n  a: {hands_over: {b: Now.}}\n  b: {}\ntools: {to_b: {description: x, returns: y}}",
            "makes a tool 'to_b'",
        ),
        (
            "start: a\nagents:\n  a: {}\nreplies: [{agent: b, when: x, say: y}]",
            "replies[0].agent: there is no agent 'b'",
        ),
        ("start: a\nagents:\n  a: {}\nreplies: [{when: x, call: to_b}]", "the profile has no tool 'to_b'"),
        ("start: a\nagents:\n  a: {instruction: x}", "did you mean 'instructions'?"),
        ("agents:\n  a: off", "is not inherited"),
    ],
)
def test_what_is_wrong_is_a_line_with_its_place(profiles: Profiles, text: str, told: str) -> None:
    message = problem_of(profiles, text)
    assert told in message and "shop.yaml:" in message


def test_an_own_agent_may_lead_to_agents_that_nothing_else_leads_to(profiles: Profiles) -> None:
    profiles.minimal("shop", "start: a\nagents:\n  a: {agent: 'x:y'}\n  b: {}")
    assert list(profiles.load("shop").agents) == ["a", "b"]


@pytest.mark.parametrize("off", ["off", "false", '"off"'])
def test_an_inherited_agent_goes_and_with_it_the_ways_to_it(profiles: Profiles, off: str) -> None:
    mine = extended(profiles, f"agents: {{orders: {off}}}")
    assert list(mine.agents) == ["reception", "night"]
    assert list(mine.agents["reception"].hands_over) == ["night"]
    assert [reply.when for reply in mine.replies] == ["hello"]


def test_all_inherited_agents_go_at_once(profiles: Profiles) -> None:
    mine = extended(profiles, "agents: off")
    assert (mine.agents, mine.start) == ({}, None)
    other = extended(profiles, "agents: off\nagent: 'x:y'")
    assert other.agent == "x:y"


def test_single_ways_and_questions_go_too_and_the_rest_is_merged(profiles: Profiles) -> None:
    mine = extended(
        profiles,
        "agents:\n  reception: {hands_over: {night: off}, instructions: Be kind.}\n  night: off\n"
        "  orders: {collect: {phone: off}, tts: {use: openai}}",
    )
    assert list(mine.agents["reception"].hands_over) == ["orders"]
    assert mine.agents["reception"].instructions == "Be kind."
    assert list(mine.agents["orders"].collect) == ["name"]
    tts = mine.agents["orders"].tts
    assert tts is not None and (tts.use, tts.options) == ("openai", {}), "another provider takes nothing over"


@pytest.mark.parametrize("entry", ["hands_over: {nobody: off}", "collect: {nothing: off}"])
def test_what_is_not_inherited_cannot_be_switched_off(profiles: Profiles, entry: str) -> None:
    profiles.write("mine", f"extends: base\nagents:\n  reception: {{{entry}}}\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:3.*is not inherited"):
        profiles.load("mine")


def test_an_inherited_tool_that_goes_is_no_agents_any_more(profiles: Profiles) -> None:
    assert extended(profiles, "tools: {stock: off}").agents["orders"].tools == ("hang_up",)


def test_options_of_a_provider_go_for_an_agents_own_one_too(profiles: Profiles) -> None:
    mine = extended(profiles, "provider_options: {tts: {local: {sample_rate: 16000}}}")
    tts = mine.agents["orders"].tts
    assert tts is not None and tts.options == {"sample_rate": 16000, "pace": 1.2}


def test_a_variable_of_the_environment_is_read_for_an_agents_model(profiles: Profiles) -> None:
    profiles.write("mine", "extends: base\nagents: {orders: {tts: {use: openai, api_key: '${VOICE_KEY}'}}}\n")
    tts = profiles.load("mine", VOICE_KEY="k1").agents["orders"].tts
    assert tts is not None and tts.options["api_key"] == "k1" and "k1" not in repr(tts)


def test_what_is_wrong_with_an_agents_model_stands_where_the_agent_does(profiles: Profiles) -> None:
    profiles.write("mine", "extends: base\nagents:\n  orders:\n    tts: {use: local, pase: 1}\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:4: agents\.orders\.tts\.pase.*did you mean 'pace'"):
        check_providers(profiles.load("mine"))


def test_a_script_of_set_may_change_one_key_of_an_agent(profiles: Profiles) -> None:
    assert profiles.load("base", "agents.orders.context=fresh").agents["orders"].context == "fresh"
