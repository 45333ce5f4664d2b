"""A package in a virtual environment of its own, for what is measured beside callagent and must not mix with it."""

import json
import logging
import subprocess
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

INSTALL_S = 900.0
"""Longest that the installation may take."""

logger = logging.getLogger(__name__)


class PackageMissing(Exception):
    """The environment is not there and cannot be made; the message says why."""


class PackageEnv:
    """An environment with a package in `directory`, made when it is needed first if `install` is set.

    requirement: what pip is asked for, `pipecat-ai` or `hotato==1.20.0`; `more` comes with it.
    """

    def __init__(self, directory: Path, requirement: str, *more: str, install: bool = True) -> None:
        self._may_install = install
        self._python = directory / "bin" / "python"
        self._directory = directory
        self._requirements = (requirement, *more)
        self._package = requirement.split("==")[0]

    def prepare(self) -> str:
        """Make the environment where it is missing; the version of the package in it. Raise `PackageMissing`."""
        if not self._python.exists() and not self._may_install:
            raise PackageMissing("its environment is not there, a long run installs it")
        if not self._python.exists():
            logger.info("installing %s into an environment of its own", self._package)
            venv.create(self._directory, with_pip=True)
        version = self._version()
        if version is None:
            self._install()
            version = self._version()
        if version is None:
            raise PackageMissing(f"{self._package} was installed, but cannot be imported")
        return version

    def ask(self, probe: Path, questions: Iterable[Any], *, timeout: float) -> list[Any]:
        """Run a script in it that answers each line of JSON on its standard input with one; the answers, in order."""
        ran = subprocess.run(
            [str(self._python), "-I", str(probe)],
            input="\n".join(json.dumps(question) for question in questions),
            capture_output=True,
            text=True,
            check=True,
            timeout=timeout,
        )
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def _version(self) -> str | None:
        ask = f"import importlib.metadata as m; print(m.version({self._package!r}))"
        ran = subprocess.run([str(self._python), "-c", ask], capture_output=True, text=True, check=False, timeout=60)
        return ran.stdout.strip() or None

    def _install(self) -> None:
        pip = [str(self._python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        try:
            subprocess.run([*pip, *self._requirements], capture_output=True, text=True, check=True, timeout=INSTALL_S)
        except subprocess.CalledProcessError as error:
            reason = (error.stderr.strip().splitlines() or ["pip failed"])[-1]
            raise PackageMissing(f"{self._package} cannot be installed: {reason}") from error
        except subprocess.TimeoutExpired as error:
            raise PackageMissing(f"{self._package} was not installed within {INSTALL_S:.0f} s") from error
