"""The log of whole calls at debug, by which nobody learns what was said, nor who called."""

import logging
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callagent.cli.main import main

CALL = """
call: Everything personal is said
profile: en-US
agent:
  set:
    transfer.destinations: {front_desk: {to: "+12025550111"}}
    tools.look_up:
      description: Looks something up.
      parameters: {name: {type: string, description: A name.}}
      returns: Wombat {name}
    tools.fail:
      description: Fails, and quotes its arguments.
      parameters: {name_or_path: {type: string, description: A name.}}
      run: callagent.profile:load_profile
  greeting: Good morning, this is Quokka at your service for the whole day long.
  replies:
    - {when: platypus, call: look_up, with: {name: Echidna}, say: The result is Numbat.}
    - {when: broken, call: fail, with: {name_or_path: Echidna}, say: That was Numbat.}
    - {when: person, call: transfer_call, with: {destination: front_desk}}
  otherwise: Pardon, Bandicoot?
steps:
  - agent_says: Quokka
  - {caller: Okay Marmoset., when: agent speaking}
  - {caller: My name is Platypus and my number is 202 555 0123., when: agent listening, after: 1 s}
  - {agent_says: Numbat}
  - {caller: It is broken., when: agent listening, after: 1 s}
  - {caller: {dtmf: "4711#"}, when: agent listening, after: 1 s}
  - {caller: "A person, please.", when: agent listening, after: 1 s}
  - {expect: call ends, within: 15 s}
"""
SAID = ("Quokka", "Marmoset", "Platypus", "Echidna", "Numbat", "Wombat", "Bandicoot", "4711", "555", "broken", "person")
"""Words of the caller, of the agent, of tools and keys."""


@pytest.fixture(autouse=True)
def everything_is_logged() -> None:
    """Commands that other tests have run in this process have silenced a part of livekit."""
    logging.getLogger("livekit.agents").setLevel(logging.NOTSET)


def logged(tmp_path: Path, *options: str) -> Result:
    file = tmp_path / "call.yaml"
    file.write_text(CALL)
    result = CliRunner().invoke(main, ["--log-level", "debug", *options, "call", "--level", "text", str(file)])
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.text
def test_the_log_of_a_call_at_debug_tells_neither_words_nor_numbers(tmp_path: Path) -> None:
    log = logged(tmp_path).stderr
    assert [word for word in SAID if word.casefold() in log.casefold()] == []
    assert "tool failed" in log
    assert "ConfigError: ***" in log
    assert "conversation_item_added" in log


@pytest.mark.text
def test_who_asks_for_it_sees_what_was_said(tmp_path: Path) -> None:
    log = logged(tmp_path, "--show-pii").stderr
    assert {"Quokka", "Platypus", "Echidna", "4711"} <= {word for word in SAID if word in log}
