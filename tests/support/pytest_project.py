"""A project of somebody who tests their calls with the pytest plugin."""

import pytest

# pytester forgets what the inner run imports, and native libraries cannot be loaded twice: they are loaded here.
import callagent.pytest_plugin.fixture
import callagent.scripted_calls.levels.text  # noqa: F401 - see above

GOOD = """
call: A good call
profile: en-US
agent: {greeting: Thank you for calling Harbour Dental. We are open on weekdays from nine to six.}
steps:
  - agent_says: Harbour Dental
  - {caller: Okay., when: agent speaking}
  - expect: agent keeps speaking
never: [{tool: transfer_call}]
"""
INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""
PLUGINS = ("pytest_asyncio.plugin", "callagent.pytest_plugin.plugin")


class Project:
    """A project of somebody who tests their calls."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self._pytester = pytester
        self._monkeypatch = monkeypatch
        self.path = pytester.path
        pytester.makeini(INI)
        (self.path / "calls").mkdir()
        self.write("good", GOOD)

    def write(self, name: str, text: str) -> None:
        (self.path / "calls" / f"{name}.yaml").write_text(text, encoding="utf-8")

    def write_bad(self) -> None:
        self.write("bad", GOOD.replace("A good", "A bad").replace("keeps speaking", "stops"))

    def run_tests(self, text: str) -> pytest.RunResult:
        return self.run(str(self._pytester.makepyfile(text)))

    def run(self, *arguments: str) -> pytest.RunResult:
        plugins = [word for plugin in PLUGINS for word in ("-p", plugin)]
        return self._pytester.runpytest_inprocess("--strict-markers", *plugins, *arguments)

    def conftest(self, text: str) -> None:
        self._pytester.makeconftest(text)

    def without_livekit_server(self) -> None:
        """There is none from now on, and so neither level room nor level sip."""
        self._monkeypatch.setenv("CALLAGENT_LIVEKIT_SERVER", "/nowhere/livekit-server")
        self._monkeypatch.delenv("LIVEKIT_URL", raising=False)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CALLAGENT_PROVIDERS", raising=False)
    return Project(pytester, monkeypatch)
