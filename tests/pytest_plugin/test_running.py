import subprocess
import sys
from typing import get_args
from xml.etree import ElementTree

import pytest

from callagent.pytest_plugin.selected_levels import MARKERS
from callagent.scripted_calls import LevelName
from tests.support.absent import take_away
from tests.support.pytest_project import GOOD, Project

pytestmark = pytest.mark.text


def test_a_call_that_fails_tells_the_conversation_and_the_step(project: Project) -> None:
    project.write_bad()
    result = project.run("--show-capture=no", "calls/bad.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*agent   Thank you for calling Harbour Dental.",
            "*caller  Okay.",
            "*gate    talked on  'Okay.'*",
            "*✗ step 3: agent stops within 1 s: the agent was still speaking*",
            "calls/bad.yaml:8: step 3 failed",
            "  expected: agent stops within 1 s",
            "  observed: the agent was still speaking *",
            "FAILED calls/bad.yaml::text - A bad call: step 3: agent stops within 1 s: *",
        ]
    )
    assert "Traceback" not in result.stdout.str() and ".py:" not in result.stdout.str()


def test_what_must_never_happen_has_its_line(project: Project) -> None:
    project.write(
        "never",
        "call: Never\nagent:\n  greeting: Hello.\n  replies: [{when: book, call: book}]\nsteps:\n"
        "  - {caller: Please book., when: agent listening}\n  - expect: agent replies\nnever:\n  - {tool: book}\n",
    )
    project.run("calls/never.yaml").stdout.fnmatch_lines(["calls/never.yaml:9: step 3 failed"])


def test_a_level_that_is_not_here_skips_and_says_why(project: Project) -> None:
    project.without_livekit_server()
    result = project.run("calls", "--call-level", "room", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*level room needs livekit-server*"])


def test_level_text_without_its_package_fails_where_it_was_asked_for(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "time_machine")
    result = project.run("calls/good.yaml")
    result.assert_outcomes(failed=1)
    assert result.stdout.str().count("\nlevel text needs the Python package time-machine: pip install") == 1
    assert "Traceback" not in result.stdout.str() and ".py:" not in result.stdout.str()


def test_of_all_levels_that_are_here_one_without_its_package_is_none(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("silent", GOOD + "levels: [text]\n")
    take_away(monkeypatch, "time_machine")
    result = project.run("calls/silent.yaml", "--call-level", "all", "-rs")
    result.assert_outcomes(skipped=4)
    result.stdout.fnmatch_lines(["SKIPPED*level text needs the Python package time-machine: *"])


def test_a_step_that_nobody_judges_skips_the_call(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CALLAGENT_JUDGE_URL", raising=False)
    project.write("judged", GOOD.replace("never:", "  - judge: The agent is polite.\nnever:"))
    result = project.run("calls/judged.yaml", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*step 4: not judged: CALLAGENT_JUDGE_URL is not set*"])


def test_a_call_that_is_not_meant_for_a_level_is_skipped_there(project: Project) -> None:
    project.write("elsewhere", GOOD + "levels: [audio]\n")
    result = project.run("calls/elsewhere.yaml", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED*not made at level text: its `levels` are audio*"])


def test_junit_has_the_step_as_message_and_the_conversation_as_text(project: Project) -> None:
    project.write_bad()
    project.run("calls", "--junitxml", "calls.xml")
    cases = ElementTree.parse(project.path / "calls.xml").getroot().findall(".//testcase")
    assert [(case.get("classname"), case.get("name")) for case in cases] == [
        ("calls.bad.yaml", "text"),
        ("calls.good.yaml", "text"),
    ]
    failure = cases[0].find("failure")
    assert failure is not None and failure.text is not None
    assert str(failure.get("message")).startswith("A bad call: step 3: agent stops within 1 s")
    assert "Thank you for calling Harbour Dental." in failure.text


def test_reports_can_travel_from_the_workers_of_xdist(project: Project) -> None:
    project.write_bad()
    project.conftest("""
        import json
        import pytest

        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            report, hook = (yield), item.config.hook
            sent = json.dumps(hook.pytest_report_to_serializable(config=item.config, report=report))
            return hook.pytest_report_from_serializable(config=item.config, data=json.loads(sent))
    """)
    result = project.run("calls")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*✗ step 3: agent stops*", "FAILED calls/bad.yaml::text - A bad call: step 3: agent stops within 1 s: *"]
    )


def test_levels_and_markers_have_the_same_names() -> None:
    assert tuple(MARKERS) == get_args(LevelName)


def test_importing_the_plugin_loads_nothing_of_a_phone_call() -> None:
    code = "import sys; import callagent.pytest_plugin.plugin; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [
        name
        for name in modules
        if name.startswith(("livekit", "pydantic", "numpy", "rich", "callagent.scripted_calls"))
    ] == []
