"""Under CI no test of a level may be skipped: a missing binary or model must not look like success."""

from collections.abc import Generator

import pytest

MUST_RUN = ("text", "audio", "room")
LEVEL = "level that did not run"


class LevelsMustRun:
    """A pytest plugin that turns skipped tests of a level, and modules skipped whole, into exit status 1."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.skipped and not hasattr(report, "wasxfail"):
            report.user_properties += [(LEVEL, level) for level in MUST_RUN if item.get_closest_marker(level)]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.skipped += [f"{report.nodeid} ({level})" for key, level in report.user_properties if key == LEVEL]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section("skipped, which fails the run because CI is set", red=True)
            for test in self.skipped:
                terminalreporter.line(test)
