"""What callers, models, profiles, carriers and lists write does nothing to the terminal, whatever command shows it."""

import ast
import io
import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from callagent.cli.commands import doctor
from callagent.cli.main import main
from callagent.cli.output import harmless
from callagent.cli.views.chat_view import ChatView
from callagent.cli.views.sip_view import print_existing, print_outcome, print_plan, print_step
from callagent.database import Store
from callagent.doctor import Check, Finding, Subject
from callagent.doctor.check import failed
from callagent.journal import AgentKeys, AgentWords, CallerAudible, Observation, ToolCalled, Trouble
from callagent.provisioning import Outcome, make_plan
from callagent.provisioning.render import existing_data, plan_data
from callagent.sanitise.console import TerminalConsole
from callagent.sanitise.terminal import is_printable
from callagent.scripted_calls.report.live_view import LiveTranscript
from tests.provisioning.items import there, trunk
from tests.support.dial_worker import worker
from tests.support.livekit_peer import KEY, SECRET, Line, LiveKitPeer, peer_in_a_thread
from tests.support.profiles import Profiles
from tests.support.source_tree import modules, room, tree

ACTS = "\x1b[2J\x1b]8;;http://x\x07\x9b31m\x7f\u202egnp\u2066\u2028\r"
EVIL = f"[red]{ACTS}[/red] :bomb:"
"""Everything that a terminal acts on, and what rich would."""

YAML_EVIL = json.dumps(EVIL).replace("\x7f", "\\x7f")
NUMBER = "+12025550123"
ALWAYS = "dialling.hours={opens: '00:00', closes: '24:00', days: [mon, tue, wed, thu, fri, sat, sun]}"


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profiles:
    return Profiles(tmp_path, monkeypatch)


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed)


def lines(text: str) -> list[str]:
    """The lines of an output in which nothing acts."""
    assert all(map(is_printable, text.split("\n"))), text
    return text.splitlines()


def shows(result: Result) -> bool:
    """Whether the hostile text is there, made visible, and nothing of it acts."""
    lines(result.stdout)
    lines(result.stderr)
    return "[red]\\x1b[2J" in result.output and ":bomb:" in result.output


CALL = f"""
call: {YAML_EVIL}
profile: en-US
agent: {{greeting: {YAML_EVIL}}}
steps:
  - agent_says: red
  - {{caller: {YAML_EVIL}, when: agent speaking}}
  - expect: agent keeps speaking
"""


def test_call(tmp_path: Path) -> None:
    file = tmp_path / "call.yaml"
    file.write_text(CALL)
    assert shows(run("call", "--level", "text", str(file)))
    told = run("call", "--level", "text", "--json", str(file))
    lines(told.stdout)
    assert json.loads(told.stdout)["calls"][0]["call"] == EVIL


def test_chat(profiles: Profiles) -> None:
    profiles.write("mine", f"extends: en-US\ngreeting: {YAML_EVIL}\n")
    told = run("chat", "mine", typed=f"{EVIL}\n/{EVIL}\n")
    assert shows(told)


HOSTILE: list[Observation] = [
    AgentWords(1.0, f"Hello{EVIL}\n12.00  call    ended."),
    CallerAudible(1.5, 0, f"{EVIL}\nforged"),
    ToolCalled(2.0, f"look{EVIL}", {EVIL: f"{EVIL}\nforged"}),
    AgentKeys(2.5, EVIL),
    Trouble(3.0, f"{EVIL}\nforged"),
]


@pytest.mark.parametrize("colour", [None, "truecolor"])
@pytest.mark.parametrize("view", ["call", "chat"])
def test_no_observation_forges_a_line_or_acts(view: str, colour: str | None) -> None:
    out = io.StringIO()
    console = TerminalConsole(out, color_system=colour, force_terminal=bool(colour), width=5000)
    shown = LiveTranscript(console) if view == "call" else ChatView(console, at_terminal=False)
    for entry in HOSTILE:
        shown.observed(entry)
    shown.observed(Trouble(4.0, "end"))
    text = out.getvalue()
    if colour is None:
        assert not [line for line in lines(text) if line.startswith(("forged", "12.00"))]
    assert "\x1b[2J" not in text and "\u202e" not in text and "\x9b" not in text and "\x07" not in text


def test_dnc_list(tmp_path: Path) -> None:
    location = str(tmp_path / "a.db")
    store = Store(location)
    store.add_do_not_call(NUMBER, f"{EVIL}\n+12025550199  2026-01-01  forged")
    store.close()
    listed = run("dnc", "list", "--database", location)
    assert shows(listed)
    assert len(listed.stdout.splitlines()) == 1
    told = run("dnc", "list", "--json", "--database", location)
    lines(told.stdout)
    assert json.loads(told.stdout)[0]["reason"].startswith(EVIL)


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveKitPeer]:
    monkeypatch.setenv("CALLAGENT_DATABASE", str(tmp_path / "records.db"))
    with peer_in_a_thread(LiveKitPeer(worker)) as running:
        for name, value in (("URL", running.url), ("API_KEY", KEY), ("API_SECRET", SECRET)):
            monkeypatch.setenv(f"LIVEKIT_{name}", value)
        yield running


def test_dial(peer: LiveKitPeer, tmp_path: Path) -> None:
    peer.lines[NUMBER] = Line(486, f"Busy {EVIL}")
    result = run("dial", "--set", ALWAYS, NUMBER, "--wait")
    assert "[red]" in result.output
    lines(result.output)
    listed = tmp_path / "list.csv"
    listed.write_text(f'number,name\n"{NUMBER}",x\n"nobody {EVIL}",y\n', newline="")
    told = run("dial", "--set", ALWAYS, "--list", str(listed), "--set", "dialling.retries={}")
    lines(told.output)


HOSTILE_TRUNK = trunk(EVIL, EVIL, allowed_addresses=(EVIL,), headers={EVIL: EVIL})


def test_sip_plan_apply_and_show(capsys: pytest.CaptureFixture[str]) -> None:
    existing = [there(trunk(f"{EVIL}2", "+1"), stack=EVIL, object_id=EVIL), there(trunk(f"{EVIL}3"))]
    plan = make_plan([HOSTILE_TRUNK], existing, "mine")
    print_plan(plan)
    for step in plan.changes:
        print_step(step)
    print_outcome(Outcome([], [(plan.changes[0], f"{EVIL}\nforged")], list(plan.changes[1:])))
    print_existing(existing)
    shown = capsys.readouterr()
    assert "[red]\\x1b[2J" in shown.out
    assert not [line for line in lines(shown.out + shown.err) if line.startswith("forged")]
    assert json.dumps(plan_data(plan)) and json.dumps(existing_data(existing[0]))


def test_profile_list_and_show(profiles: Profiles) -> None:
    profiles.write("mine", f"extends: en-US\ndescription: {YAML_EVIL}\ngreeting: {YAML_EVIL}\n")
    assert shows(run("profile", "list"))
    listed = run("profile", "list", "--json")
    lines(listed.stdout)
    assert json.loads(listed.stdout)["profiles"][0]["description"] == EVIL
    shown = run("profile", "show", "mine")
    lines(shown.stdout)
    assert YAML(typ="safe").load(shown.stdout)["greeting"] == EVIL


def test_a_profile_with_a_bidirectional_override_is_shown_as_yaml_that_says_the_same(profiles: Profiles) -> None:
    profiles.write("mine", 'extends: en-US\ngreeting: "see \\u202egnp.exe"\n')
    shown = run("profile", "show", "mine").stdout
    lines(shown)
    assert YAML(typ="safe").load(shown)["greeting"] == "see \u202egnp.exe"


def test_profile_classify() -> None:
    assert "\\x1b[2J" in run("profile", "classify", "en-US", typed=f"{ACTS}okay\n").stdout
    told = run("profile", "classify", "en-US", "--json", typed=f"{ACTS}okay\n")
    assert json.loads(lines(told.stdout)[0])["text"].startswith("\x1b[2J")


def test_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(_: Subject) -> Finding:
        return failed(f"{EVIL}\nforged", EVIL)

    monkeypatch.setattr(doctor, "CHECKS", (Check("server", find),))
    result = run("doctor")
    assert shows(result)
    assert len(result.stdout.splitlines()) == 2
    lines(run("doctor", "--json").stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ("profile", "show", EVIL),
        ("profile", "show", "en-US", "--set", f"{EVIL}=1"),
        ("profile", "show", "en-US", "--set", f"greeting.{EVIL}=1"),
        ("profile", "check", f"{EVIL}.yaml"),
        ("call", f"{EVIL}.yaml"),
        ("sip", "check", f"{EVIL}.yaml"),
        ("sip", "plan", f"--{EVIL}", "x"),
        ("dial", EVIL),
        ("dnc", "add", EVIL),
        ("dnc", "add", NUMBER, "--region", EVIL),
        ("serve", "--drain", EVIL),
        ("doctor", "--gateway", EVIL),
        (EVIL,),
        ("--log-level", EVIL, "doctor"),
    ],
)
def test_what_is_wrong_is_told_without_acting(arguments: tuple[str, ...], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, list(arguments), env={"CALLAGENT_DATABASE": str(tmp_path / "a.db")})
    assert result.exit_code in (1, 2)
    assert result.stderr
    lines(result.output)


@pytest.mark.parametrize("kind", [click.ClickException, click.UsageError, click.BadParameter])
def test_errors_that_click_prints_are_made_harmless(kind: type[click.ClickException]) -> None:
    shown = harmless(kind(EVIL))
    lines(shown.format_message())
    assert (shown.exit_code, type(harmless(kind("fine")))) == (kind.exit_code, kind)


def test_the_console_interprets_nothing() -> None:
    out = io.StringIO()
    TerminalConsole(out, color_system="truecolor", force_terminal=True, width=5000).print(EVIL, "a\nb")
    shown = lines(out.getvalue())
    assert shown[0].startswith("[red]\\x1b[2J") and ":bomb:" in shown[0] and shown[1] == "b"


def test_commands_print_by_the_two_modules_that_escape() -> None:
    print_by_themselves = [
        (module, node.lineno)
        for module in modules()
        if room(module) == "cli" and not module.endswith((".output", ".console"))
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("click.echo", "click.secho", "print", "Console")
    ]
    assert print_by_themselves == []
