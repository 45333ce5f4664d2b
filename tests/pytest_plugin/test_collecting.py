import pytest

from tests.support.pytest_project import GOOD, Project

pytestmark = pytest.mark.text


def test_a_call_is_a_test_at_the_level_text(project: Project) -> None:
    result = project.run("calls", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["calls/good.yaml::text PASSED*"])


def test_other_yaml_is_left_alone(project: Project) -> None:
    project.write("compose", "services: {agent: {command: [call, steps]}}\n")
    project.write("steps", "steps: [a, b]\n")
    project.write("broken", "a: [\n")
    project.run("calls").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("option", "names"),
    [
        ("text,audio", ["text", "audio"]),
        ("room, text", ["text", "room"]),
        ("all", ["text", "audio", "room", "sip"]),
    ],
)
def test_levels_can_be_chosen(project: Project, option: str, names: list[str]) -> None:
    result = project.run("calls", "--call-level", option, "--collect-only", "-q")
    assert [line.partition("::")[2] for line in result.outlines if "::" in line] == names


def test_the_project_chooses_levels_in_its_settings(project: Project) -> None:
    result = project.run("calls", "-o", "callagent_levels=text sip", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["calls/good.yaml::text", "calls/good.yaml::sip"])


def test_calls_are_marked_with_their_level(project: Project) -> None:
    result = project.run("calls", "--call-level", "text,audio", "-m", "audio", "--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == ["calls/good.yaml::audio"]


def test_the_calls_of_one_level_come_together(project: Project) -> None:
    project.write("second", GOOD)
    result = project.run("calls", "--call-level", "text,sip", "--collect-only", "-q")
    found = [line.removeprefix("calls/") for line in result.outlines if "::" in line]
    assert found == ["good.yaml::text", "second.yaml::text", "good.yaml::sip", "second.yaml::sip"]


@pytest.mark.parametrize(("option", "told"), [("txt", "did you mean 'text'?"), ("x", "there are text"), ("", "names")])
def test_a_level_that_does_not_exist_is_a_usage_error(project: Project, option: str, told: str) -> None:
    result = project.run("calls", f"--call-level={option}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in result.stderr.str()


def test_a_script_that_is_not_valid_is_an_error_of_its_lines(project: Project) -> None:
    project.write("wrong", "call: A call\nsteps:\n- agent_say: Hi\n- expect: agent stop\n")
    result = project.run("calls")
    result.assert_outcomes(errors=1)
    told = [line for line in result.outlines if line.startswith("calls/wrong.yaml:")]
    assert [line.split(": ")[:2] for line in told] == [
        ["calls/wrong.yaml:3", "step 1"],
        ["calls/wrong.yaml:4", "step 2"],
    ]
    assert told[0].endswith("did you mean 'agent_says'?")
    assert "Traceback" not in result.stdout.str() and "raise " not in result.stdout.str()


def test_a_profile_that_does_not_exist_is_an_error_too(project: Project) -> None:
    project.write("wrong", GOOD.replace("en-US", "en-UX"))
    result = project.run("calls/wrong.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*en-UX*did you mean 'en-US'?"])


def test_a_script_that_is_no_text_is_an_error(project: Project) -> None:
    (project.path / "calls" / "wrong.yaml").write_bytes(b"call: \xff\nsteps: []\n")
    result = project.run("calls/wrong.yaml")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["calls/wrong.yaml:1: is not UTF-8 text*"])


def test_markers_that_the_project_has_are_not_declared_again(project: Project) -> None:
    result = project.run("--markers", "-o", "markers=audio: what we call audio")
    lines = [line for line in result.outlines if line.startswith("@pytest.mark.")]
    assert [line for line in lines if "audio" in line] == ["@pytest.mark.audio: what we call audio"]
    assert sum(line.startswith("@pytest.mark.sip: ") for line in lines) == 1
