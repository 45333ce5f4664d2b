"""Trying a mutant whose change takes effect when its module is imported: in a fork without the package."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from scripts.mutation.forks import limit_memory, run_forked
from scripts.mutation.mutants import Mutant
from scripts.mutation.outcomes import IMPORT_LIMIT_S, CleanRun, Outcome, Result
from scripts.mutation.session import ARGUMENTS, Patient, outcome_of


class MutantFinder(importlib.abc.MetaPathFinder):
    """Finds one module, with the changed source; nothing is written to the file or to a cache."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        self._path = str(root / mutant.file)
        self._name = module_name(mutant.file)
        self._source = mutant.source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the module's spec; None for every other module."""
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=_MutantLoader(fullname, self._path, self._source)
        )


class _MutantLoader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        code = compile(self._source, self.path, "exec", dont_inherit=True)
        assert isinstance(code, CodeType)
        return code


class Selection:
    """A plugin: only the tests that were asked for, in that order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self._order = {test: at for at, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort, and leave out the others."""
        items[:] = sorted((item for item in items if item.nodeid in self._order), key=lambda i: self._order[i.nodeid])


def try_with_import(root: Path, mutant: Mutant, clean: CleanRun) -> Result:
    """Import the package with the mutant and run the tests that may notice it, the nearest first."""
    tests = clean.nearest(mutant)
    if not tests:
        return Result(mutant, Outcome.UNREACHED)

    def work() -> int:
        limit_memory()
        sys.meta_path.insert(0, MutantFinder(root, mutant))
        files = dict.fromkeys(str(root / test.partition("::")[0]) for test in tests)
        arguments = [*ARGUMENTS, "--rootdir", str(root), *files]
        return int(pytest.main(arguments, plugins=[Patient(), Selection(tests)]))

    return Result(mutant, outcome_of(run_forked(work, IMPORT_LIMIT_S + clean.limit_s(tests))))


def module_name(file: str) -> str:
    """Return the module that a file of the project is imported as."""
    parts = Path(file).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
