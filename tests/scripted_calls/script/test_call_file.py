from pathlib import Path
from textwrap import dedent

import pytest

from callagent.audio import write_stereo
from callagent.scripted_calls import find_calls, load_call
from callagent.scripted_calls.run.caller_audio import sound
from callagent.scripted_calls.script.call_file import voices_of
from callagent.scripted_calls.script.caller import Recording, Sound, Speech
from callagent.yaml_config import ConfigError

ROOT = Path(__file__).resolve().parents[3]
HEAD = "call: A call\nsteps:\n"


def problems(directory: Path, text: str) -> list[str]:
    file = directory / "call.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_call(file)
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


STEP_ERRORS = [
    ("- agent_say: Hello", "3: step 1: agent_say: unknown step; there are", "did you mean 'agent_says'?"),
    ("- {caller: Okay., afterr: 1 s}", "3: step 1: afterr: unknown key", "did you mean 'after'?"),
    ("- {caller: Okay., when: agent speakin}", "3: step 1: when: must be", "did you mean 'agent speaking'?"),
    ("- {caller: Okay., after: 1}", "3: step 1: after: needs its unit", "'350 ms'"),
    ("- {caller: Okay., after: -1 s}", "3: step 1: after: must not be negative", ""),
    ("- {caller: {sound: coff}}", "3: step 1: caller.sound: must be 'cough', 'noise', 'tone' or 'beep'", ""),
    ("- {caller: {sond: cough}}", "3: step 1: caller.sond: unknown key", "did you mean 'sound'?"),
    ("- {caller: {text: Hi}}", "3: step 1: caller.text: goes with `audio`", ""),
    ("- {caller: {sound: cough, dtmf: '1'}}", "3: step 1: caller.dtmf: is a step of its own", ""),
    ("- {caller: {dtmf: 12}}", "3: step 1: caller.dtmf: needs text; write it in quotes", ""),
    ("- {caller: {dtmf: 1x}}", "3: step 1: caller.dtmf: 'x' is not a key", ""),
    ("- {caller: {hangs up: false}}", "3: step 1: caller.hangs up: must be true", ""),
    ("- {caller: {audio: missing.wav}}", "3: step 1: caller.audio: no such file", ""),
    ("- {caller: 12}", "3: step 1: caller: needs text", ""),
    ("- {when: agent speaking}", "3: step 1: when: is part of a `caller` step", ""),
    ("- {caller: Okay., expect: agent stops}", "3: step 1: expect: is a step of its own, apart from `caller`", ""),
    ("- expect: agent keep speaking", "3: step 1: expect: unknown expectation", "did you mean 'agent keeps speaking'?"),
    ("- {expect: call ends, for: 1 s}", "3: step 1: for: is part of 'agent keeps speaking', 'agent is silent'", ""),
    ("- {expect: call ends, reason: caller hang up}", "3: step 1: reason: must be", "did you mean 'caller hung up'?"),
    ("- {expect: call ends, within: 0 s}", "3: step 1: within: must be between 1 ms and 10 min", ""),
    ("- {expect: {tol: book}}", "3: step 1: expect.tol: unknown key", "did you mean 'tool'?"),
    ("- agent_says: /(/", "3: step 1: agent_says: is not a regular expression", ""),
    ("- agent_says: '...'", "3: step 1: agent_says: has no word in it", ""),
    ("- {expect: {dtmf_send: '1'}}", "3: step 1: expect.dtmf_send: unknown key", "did you mean 'dtmf_sent'?"),
    ("- {expect: {dtmf_sent: 1x}}", "3: step 1: expect.dtmf_sent: 'x' is not a key", ""),
    ("- {expect: {transfer: /(/}}", "3: step 1: expect.transfer: is not a regular expression", ""),
    ("- {expect: {transcript: Hi, of: agnt}}", "3: step 1: expect.of: must be", "did you mean 'agent'?"),
    ("- {expect: {tool: a, panel: {}}}", "3: step 1: expect.panel: is a step of its own, apart from `tool`", ""),
    ("- {expect: agent says}", "3: step 1: with: is missing", ""),
    ("- {expect: agent sais, with: Hi}", "3: step 1: expect: unknown expectation", "did you mean 'agent says'?"),
    ("- expect: no turn lost", "3: step 1: expect: can never be met: the caller says nothing", ""),
    ("- {expect: {panel: {}}}", "3: step 1: expect.panel: needs figures and their bounds", ""),
    ("- {expect: {panel: {yeild_rate: '>= 1'}}}", "3: step 1: expect.panel.yeild_rate: is not", "'yield_rate'?"),
    ("- {expect: {panel: {yield_rate: 1}}}", "3: step 1: expect.panel.yield_rate: needs a comparison", ""),
    ("- {expect: {panel: {yield_rate: '>= 2'}}}", "3: step 1: expect.panel.yield_rate: compares a rate", ""),
    ("- {expect: {panel: {yield_latency: '< 1'}}}", "3: step 1: expect.panel.yield_latency: needs a duration", ""),
    ("- {judge: ''}", "3: step 1: judge: must not be empty", ""),
    ("- {jugde: It is polite.}", "3: step 1: jugde: unknown step", "did you mean 'judge'?"),
    ("- 5", "3: step 1: needs `agent_says`, `caller`, `expect` or `judge`", ""),
    ("- {}", "3: step 1: is an empty step", ""),
    ("- expect: agent stops", "3: step 1: expect: can never be met: no caller has spoken", ""),
    ("- expect: agent replies", "3: step 1: expect: can never be met: nobody has said anything", ""),
]


@pytest.mark.parametrize(("step", "beginning", "hint"), STEP_ERRORS, ids=[step for step, _, _ in STEP_ERRORS])
def test_a_wrong_step_is_named_with_its_line_and_the_right_word(
    tmp_path: Path, step: str, beginning: str, hint: str
) -> None:
    (problem,) = problems(tmp_path, HEAD + step)
    assert problem.startswith(beginning)
    assert hint in problem


FILE_ERRORS = [
    ("call: A call\nsteps: []\n", "2: steps: must not be empty"),
    ("call: A call\n", "1: steps: is missing"),
    ("call: A call\nstep: []\nsteps: [{agent_says: Hi}]\n", "2: step: unknown key"),
    ("call: A call\nline: {loss: 1}\nsteps: [{agent_says: Hi}]\n", "2: line.loss: needs its unit (%)"),
    ("call: A call\nline: {codec: pcmx}\nsteps: [{agent_says: Hi}]\n", "2: line.codec: must be 'pcmu' or 'pcma'"),
    ("call: A call\nagent: {greting: Hi}\nsteps: [{agent_says: Hi}]\n", "2: agent.greting: unknown key"),
    ("call: A call\nnever: [{tol: x}]\nsteps: [{agent_says: Hi}]\n", "2: never[0]: needs one of 'agent stops', 'agent"),
    ("call: A call\nnever: [agent stop]\nsteps: [{agent_says: Hi}]\n", "2: never[0]: unknown event 'agent stop'"),
    ("call: A call\nnever: [{expect: [a]}]\nsteps: [{agent_says: Hi}]\n", "2: never[0]: unknown event '['a']'"),
    ("call: A call\nnever: [no turn lost]\nsteps: [{agent_says: Hi}]\n", "2: never[0]: is a step of its own"),
    (
        "call: A call\nnever: [{expect: agent stops, within: 1 s}]\nsteps: [{agent_says: Hi}]\n",
        "2: never[0].within: does not go with 'agent stops'",
    ),
    ("call: A call\nlevels: [txt]\nsteps: [{agent_says: Hi}]\n", "2: levels[0]: must be 'text', 'audio', 'room' or"),
    ("call: A call\nlevels: []\nsteps: [{agent_says: Hi}]\n", "2: levels: "),
    (
        "call: A call\nagent: {faults: {llm: fails}}\nlevels: [room]\nsteps: [{agent_says: Hi}]\n",
        "3: levels[0]: is not possible: its faults need the agent in this process",
    ),
    ("call: A call\nagent: {faults: {llm: fail}}\nsteps: [{agent_says: Hi}]\n", "2: agent.faults.llm: must be"),
    ("call: A call\nagent: {faults: {llm: {skip: 1}}}\nsteps: [{agent_says: Hi}]\n", "2: agent.faults.llm: changes"),
    (
        "call: A call\nagent: {faults: {llm: {delay: -1 s}}}\nsteps: [{agent_says: Hi}]\n",
        "2: agent.faults.llm.delay: must",
    ),
    ("call: A call\nagent: {faults: {lm: fails}}\nsteps: [{agent_says: Hi}]\n", "2: agent.faults.lm: unknown key"),
    ("call: A call\ncallee: {rings: 2}\nsteps: [{agent_says: Hi}]\n", "2: callee: belongs to `direction: outbound`"),
    (
        "call: A call\ndirection: outbound\ncallee: {answers: busy}\nsteps: [{agent_says: Hi}]\n",
        "4: step 1: cannot be reached: nobody answers (busy)",
    ),
    (
        "call: A call\ndirection: outbound\ncallee: {answers: a menu}\nsteps: [{agent_says: Hi}]\n",
        "3: callee.says: is missing",
    ),
    ("call: A call\nline: {jitter: -30 ms}\nsteps: [{agent_says: Hi}]\n", "2: line.jitter: must not be negative"),
]


@pytest.mark.parametrize(("text", "beginning"), FILE_ERRORS, ids=[beginning for _, beginning in FILE_ERRORS])
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, text: str, beginning: str) -> None:
    assert problems(tmp_path, text)[0].startswith(beginning)


ORDER_ERRORS = [
    ("- caller: {hangs up: true}\n- caller: Hello\n", "4: step 2: cannot be reached: the caller hangs up in step 1"),
    (
        "- caller: {hangs up: true}\n- expect: call ends\n- agent_says: Hi\n",
        "5: step 3: cannot be reached: the call has ended in step 2",
    ),
    (
        "- {caller: Yeah., when: agent listening}\n- expect: agent stops\n",
        "4: step 2: expect: can never be met: the caller of step 1 speaks when the agent does not",
    ),
    (
        "- caller: Yeah.\n- {expect: agent keeps speaking, max_gap: 2 s}\n",
        "4: step 2: max_gap: lets every gap pass",
    ),
    (
        "- caller: {hangs up: true}\n- expect: {dtmf_sent: '1'}\n",
        "4: step 2: cannot be reached: the caller hangs up in step 1",
    ),
    (
        "- {caller: {sound: cough}}\n- expect: no turn lost\n",
        "4: step 2: expect: can never be met: the caller says nothing",
    ),
    (
        "- {caller: Yeah., when: agent thinking}\n- expect: agent keeps speaking\n",
        "4: step 2: expect: can never be met: the caller of step 1 speaks when the agent does not",
    ),
    (
        "- caller: Book.\n- expect: {tool: book, with: {day: friday}}\nnever: [{tool: book}]\n",
        "5: never[0]: forbids what step 2 expects",
    ),
    (
        "- {caller: Yeah., when: agent speaking}\n- expect: agent stops\nnever: [agent stops]\n",
        "5: never[0]: forbids what step 2 expects",
    ),
]


REACHABLE = [
    "- caller: {hangs up: true}\n- {expect: {transcript: hello}}\n- {judge: It is polite.}\n",
    "- expect: call ends\n- {expect: {panel: {yield_rate: '>= 1'}}}\n",
    "- {caller: Yeah., when: agent listening}\n- agent_says: hello\n- expect: agent stops\n",
    "- {caller: Yeah., when: agent listening}\n- expect: agent replies\n- expect: agent keeps speaking\n",
    "- {caller: {dtmf: '1'}, when: agent listening}\n- expect: agent stops\n",
    "- caller: Yeah.\n- {expect: agent keeps speaking, max_gap: 999 ms}\n",
    "- {caller: {sound: cough}}\n- caller: Friday.\n- expect: no turn lost\n",
]


@pytest.mark.parametrize("steps", REACHABLE)
def test_steps_that_make_sense_together_are_taken(tmp_path: Path, steps: str) -> None:
    file = tmp_path / "call.yaml"
    file.write_text(HEAD + steps)
    assert load_call(file).script.steps


@pytest.mark.parametrize(("steps", "problem"), ORDER_ERRORS, ids=[problem for _, problem in ORDER_ERRORS])
def test_steps_that_make_no_sense_together_are_refused(tmp_path: Path, steps: str, problem: str) -> None:
    (found,) = problems(tmp_path, HEAD + steps)
    assert found.startswith(problem)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, HEAD + "- agent_say: Hi\n- expect: agent stop\n- caller: {sond: cough}\n")
    assert [line.split(":")[0] for line in found] == ["3", "4", "5"]


def test_a_tool_may_be_expected_after_the_caller_has_hung_up(tmp_path: Path) -> None:
    file = tmp_path / "call.yaml"
    file.write_text(HEAD + "- caller: {hangs up: true}\n- expect: {tool: save}\n- expect: call ends\n")
    assert len(load_call(file).script.steps) == 3


def test_a_recording_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ok.wav").write_text("no sound")
    (problem,) = problems(tmp_path, HEAD + "- caller: {audio: ok.wav}")
    assert problem.startswith("3: step 1: caller.audio: cannot be played")


def test_what_the_caller_plays_is_known_before_the_call(tmp_path: Path) -> None:
    write_stereo(tmp_path / "ok.wav", sound("tone"), sound("tone"))
    file = tmp_path / "call.yaml"
    file.write_text(
        dedent("""
            call: A call
            steps:
              - caller: Hello.
              - caller: {sound: cough}
              - caller: {dtmf: "1"}
              - caller: {audio: ok.wav, text: Okay.}
        """)
    )
    voices = voices_of(load_call(file))
    assert voices == (Speech("Hello."), Sound("cough"), Recording(tmp_path / "ok.wav", "Okay."))


def test_directories_are_searched_and_files_taken_as_they_are(tmp_path: Path) -> None:
    inside = tmp_path / "some" / "where"
    inside.mkdir(parents=True)
    for name in ("b.yaml", "a.yml", "notes.txt"):
        (inside / name).touch()
    found = find_calls([tmp_path, inside / "b.yaml"])
    assert found == [inside / "a.yml", inside / "b.yaml"]


def test_a_directory_without_calls_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no calls \(\*\.yaml\)"):
        find_calls([tmp_path])


@pytest.mark.parametrize("path", sorted((ROOT / "configs" / "calls").rglob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_calls_load(path: Path) -> None:
    assert load_call(path).script.call
