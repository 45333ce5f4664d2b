"""The tests of a room in one pytest session: collected once, then run in a fork for each mutant."""

import contextlib
import gc
import pickle
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from coverage import Coverage

from scripts.mutation.code_swap import knows, live_caches, live_functions, swap, swapped
from scripts.mutation.forks import limit_memory, run_forked
from scripts.mutation.mutants import Mutant
from scripts.mutation.outcomes import CleanRun, Outcome, Result

ARGUMENTS = (
    *("-q", "-s", "-p", "no:cacheprovider", "--assert=plain", "--maxfail=1"),
    *("-m", "not audio and not room and not sip", "--hypothesis-seed=0"),
)
OK, FAILED = range(2)


class Patient:
    """A plugin: what watches the event loop for blocking calls stays away, a busy machine is not the mutant's doing."""

    def pytest_configure(self, config: pytest.Config) -> None:
        """Know the mark where the tests at hand do not."""
        config.addinivalue_line("markers", "blocks_loop(reason): the test may block the event loop")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Mark every test."""
        for item in items:
            item.add_marker(pytest.mark.blocks_loop(reason="mutants are told apart by assertions"))


class Notes:
    """A plugin: what each test took, and which failed."""

    def __init__(self, run: CleanRun) -> None:
        self._run = run

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one phase of one test."""
        self._run.seconds[report.nodeid] = self._run.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self._run.failed.append(report.nodeid)


@dataclass
class WarmRun:
    """What the session hands back: the clean run, the results, and the mutants that only a new import can try."""

    clean: CleanRun = field(default_factory=CleanRun)
    results: list[Result] = field(default_factory=list)
    later: list[Mutant] = field(default_factory=list)


class WarmSession:
    """A plugin that replaces the test loop: a clean run first, then every mutant that needs no new import."""

    def __init__(
        self,
        root: Path,
        mutants: Sequence[Mutant],
        scratch: Path,
        coverage: Coverage,
        tell: Callable[[Result], None],
        longest_s: float,
    ) -> None:
        self._root = root
        self._scratch = scratch
        self._mutants = mutants
        self._coverage = coverage
        self._tell = tell
        self._longest_s = longest_s
        self.run = WarmRun()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything."""
        self._coverage.stop()
        self.run.clean = self._clean_run(session.items)
        import_libraries(self.run.clean.libraries)
        if not self.run.clean.failed:
            self._try_all(session.items)
        return True

    def _is_ours(self, name: str) -> bool:
        file = getattr(sys.modules[name], "__file__", None) or ""
        ours = Path(file).is_relative_to(self._root) and "site-packages" not in file
        return ours or name.startswith(("__main__", "_pytest", "pytest"))

    def _clean_run(self, items: list[pytest.Item]) -> CleanRun:
        def work() -> int:
            run = CleanRun(longest_s=self._longest_s)
            caches = live_caches({str(self._root / mutant.file) for mutant in self._mutants})

            def before(test: str) -> None:
                for cache in caches:
                    cache.cache_clear()
                self._coverage.switch_context(test)

            self._coverage.start()
            _run_items(items, Notes(run), before)
            self._coverage.stop()
            run.reach = self._reach()
            run.libraries = [name for name in sys.modules if not self._is_ours(name)]
            notes.write_bytes(pickle.dumps(run))
            return OK

        notes = self._scratch / "clean"
        status = run_forked(work)
        if status != OK:
            raise RuntimeError(f"the clean run ended with status {status}")
        run = pickle.loads(notes.read_bytes())
        assert isinstance(run, CleanRun)
        return run

    def _reach(self) -> dict[str, dict[int, set[str]]]:
        data = self._coverage.get_data()
        found: dict[str, dict[int, set[str]]] = {}
        for file in {mutant.file for mutant in self._mutants}:
            lines = data.contexts_by_lineno(str(self._root / file))
            found[file] = {line: set(contexts) for line, contexts in lines.items()}
        return found

    def _try_all(self, items: list[pytest.Item]) -> None:
        functions = live_functions()
        gc.freeze()  # what the forks share stays shared
        by_id = {item.nodeid: item for item in items}
        originals = {mutant.file: (self._root / mutant.file).read_text(encoding="utf-8") for mutant in self._mutants}
        for mutant in self._mutants:
            path = str(self._root / mutant.file)
            codes = swapped(path, originals[mutant.file], mutant.source)
            known = codes is not None and knows(functions.get(path, []), codes)
            tests = [by_id[test] for test in self.run.clean.reaching(mutant)]
            outcome = self._try(tests, functions[path], codes) if known and codes is not None else Outcome.UNREACHED
            if not outcome.noticed and (not known or self.run.clean.needs_import(mutant)):
                self.run.later.append(mutant)
                continue
            result = Result(mutant, outcome)
            self.run.results.append(result)
            self._tell(result)

    def _try(self, items: list[pytest.Item], functions: list[FunctionType], codes: dict[CodeType, CodeType]) -> Outcome:
        if not items:
            return Outcome.UNREACHED

        def work() -> int:
            limit_memory()
            swap(functions, codes)
            run = CleanRun()
            for item in items:
                item.add_marker(pytest.mark.timeout(self.run.clean.test_limit_s(item.nodeid)), append=False)
            _run_items(items, Notes(run), until=lambda: bool(run.failed))
            return FAILED if run.failed else OK

        return outcome_of(run_forked(work, self.run.clean.limit_s(item.nodeid for item in items)))


def outcome_of(status: int | None) -> Outcome:
    """Return what the exit status of a fork says about its mutant."""
    if status is None:
        return Outcome.TIMED_OUT
    return Outcome.SURVIVED if status == OK else Outcome.KILLED


def _run_items(
    items: list[pytest.Item],
    notes: Notes,
    before: Callable[[str], object] = str,
    until: Callable[[], bool] = lambda: False,
) -> None:
    if not items:
        return
    items[0].config.pluginmanager.register(notes)
    for item, following in zip(items, [*items[1:], None], strict=True):
        before(item.nodeid)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if until():
            return


def run_warm(
    root: Path,
    tests: Sequence[str],
    mutants: Sequence[Mutant],
    scratch: Path,
    tell: Callable[[Result], None],
    longest_s: float,
) -> WarmRun:
    """Run the session in a fork, so that the caller stays without the package, and hand back what it found."""
    answer = scratch / "warm"

    def work() -> int:
        files = sorted({str(root / mutant.file) for mutant in mutants})
        coverage = Coverage(data_file=str(scratch / "coverage"), include=files, config_file=False)
        coverage.start()
        warm = WarmSession(root, mutants, scratch, coverage, tell, longest_s)
        status = pytest.main(
            [*ARGUMENTS, "--rootdir", str(root), *(str(root / test) for test in tests)], plugins=[Patient(), warm]
        )
        answer.write_bytes(pickle.dumps(warm.run))
        return int(status)

    status = run_forked(work, quiet=False)
    if status != OK:
        raise RuntimeError(f"the tests could not be run, pytest's status is {status}")
    run = pickle.loads(answer.read_bytes())
    assert isinstance(run, WarmRun)
    return run


def import_libraries(names: Sequence[str]) -> None:
    """Import what does not belong to the project, so that each fork has it already."""
    for name in names:
        with contextlib.suppress(ImportError, AttributeError):
            __import__(name)
