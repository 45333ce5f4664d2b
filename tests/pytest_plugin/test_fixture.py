import pytest

from tests.support.absent import take_away
from tests.support.pytest_project import Project

pytestmark = pytest.mark.text

STEPS = "{'agent_says': '/./'}, {'caller': 'Stop.', 'when': 'agent speaking'}"


def test_a_coroutine_makes_a_call_from_a_file(project: Project) -> None:
    result = project.run_tests("""
        async def test_call(callagent_call):
            result = await callagent_call("calls/good.yaml", level="text")
            assert result.passed
            assert result.decisions[0]["rule"] == "soft_ack"
    """)
    result.assert_outcomes(passed=1)


def test_a_plain_test_makes_a_call_from_python_data(project: Project) -> None:
    result = project.run_tests(f"""
        def test_call(callagent_call):
            result = callagent_call.run([{STEPS}, {{"expect": "agent stops"}}])
            assert result.call == "test_call"
            assert result.steps[-1].passed

        def test_whole(callagent_call):
            script = {{"call": "Mine", "profile": "de-DE", "steps": [{{"agent_says": "/./"}}]}}
            assert callagent_call.run(script, sets=["greeting=Guten Tag."]).turns[0]["text"] == "Guten Tag."
    """)
    result.assert_outcomes(passed=2)


def test_a_call_that_fails_fails_the_test_and_tells_the_conversation(project: Project) -> None:
    project.write_bad()
    result = project.run_tests("""
        async def test_call(callagent_call):
            await callagent_call("calls/bad.yaml")
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            '>       await callagent_call("calls/bad.yaml")',
            "*agent   Thank you for calling Harbour Dental.",
            "*✗ step 3: *",
            "*calls/bad.yaml:8: step 3 failed",
            "*expected: agent stops within 1 s",
            "*: Failed",
        ]
    )
    assert "fixture.py" not in result.stdout.str()


def test_an_assertion_about_a_result_shows_the_conversation(project: Project) -> None:
    project.write_bad()
    result = project.run_tests("""
        async def test_call(callagent_call):
            result = await callagent_call("calls/bad.yaml", check=False)
            assert result.passed
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">       assert result.passed", "*scripted call*", "*✗ step 3: *", "calls/bad.yaml:8: step 3 failed"]
    )


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("'calls/none.yaml'", "calls/none.yaml: cannot be read: No such file or directory"),
        ("[{'agent_say': 'x'}]", "test_*.py: step 1: agent_say: unknown step*; did you mean 'agent_says'?"),
        ("'calls/good.yaml', level='txt'", "level: there is no level 'txt'; did you mean 'text'?"),
        ("'calls/good.yaml', profile='en-UX'", "*did you mean 'en-US'?"),
    ],
)
def test_what_is_not_valid_is_one_error(project: Project, call: str, told: str) -> None:
    result = project.run_tests(f"def test_call(callagent_call):\n    callagent_call.run({call})\n")
    result.assert_outcomes(failed=1)
    errors = [line for line in result.outlines if line.startswith("E ")]
    assert len(errors) == 1
    result.stdout.fnmatch_lines([f"E *ConfigError: {told}"])


def test_a_level_that_is_not_here_skips_the_test(project: Project) -> None:
    project.without_livekit_server()
    result = project.run_tests("""
        async def test_call(callagent_call):
            await callagent_call("calls/good.yaml", level="room")
    """)
    result.assert_outcomes(skipped=1)


def test_level_text_without_its_package_fails_the_test_in_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_away(monkeypatch, "time_machine")
    result = project.run_tests("""
        def test_call(callagent_call):
            callagent_call.run("calls/good.yaml", level="text")
    """)
    result.assert_outcomes(failed=1)
    assert result.stdout.str().count("\nlevel text needs the Python package time-machine: pip install") == 1


def test_a_test_that_is_cancelled_breaks_its_call_off(project: Project) -> None:
    result = project.run_tests("""
        import asyncio

        async def test_call(callagent_call):
            playing = asyncio.create_task(callagent_call("calls/good.yaml", level="text"))
            await asyncio.sleep(0)
            playing.cancel()
            assert (await asyncio.gather(playing, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    """)
    result.assert_outcomes(passed=1)
