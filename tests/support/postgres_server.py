"""A PostgreSQL of the tests' own: in a temporary directory, on a Unix socket, as a user who is not root."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

START_S = 30.0
OWNERS = ("postgres", "nobody")


def binaries() -> Path | None:
    """The directory with initdb and postgres; Debian keeps them out of the PATH."""
    found = shutil.which("postgres")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return Path(found).parent if found else installed[-1].parent if installed else None


class PostgresServer:
    """A server that runs. Each `database()` is a new one."""

    def __init__(self, programs: Path, directory: Path) -> None:
        self._programs, self._directory = programs, directory
        self._count = 0
        self._owner: dict[str, str | int] = {}
        if os.getuid() == 0:
            owner = next(entry for entry in map(pwd.getpwnam, OWNERS))
            os.chown(directory, owner.pw_uid, owner.pw_gid)
            self._owner = {"user": owner.pw_uid, "group": owner.pw_gid}
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--auth=trust", "--username=callagent", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ("fsync=off", "listen_addresses=", f"unix_socket_directories={self._directory}")
        command = [str(self._programs / "postgres"), "-D", str(self._data), *(f"-c{each}" for each in options)]
        log = (self._directory.parent / f"{self._directory.name}.log").open("wb")
        with log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=self._directory,
                **self._owner,  # type: ignore[call-overload]  # user, group
            )
        deadline = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(host=str(self._directory), user="callagent", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, Path(log.name).read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        """End it, and whoever is connected."""
        if self._process is not None:
            self._process.send_signal(2)  # SIGINT: fast shutdown
            self._process.wait(START_S)
            self._process = None

    def database(self) -> str:
        """The URL of a new and empty database."""
        self._count += 1
        name = f"records_{self._count}"
        with psycopg.connect(
            host=str(self._directory), user="callagent", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://callagent@/{name}?host={self._directory}"

    @property
    def _data(self) -> Path:
        return self._directory / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), "-D", str(self._data), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._directory,
            **self._owner,  # type: ignore[call-overload]  # user, group
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def running() -> Iterator[PostgresServer]:
    programs = binaries()
    if programs is None:
        pytest.skip("needs PostgreSQL (Debian: apt-get install postgresql)")
    directory = Path(tempfile.mkdtemp(prefix="callagent-pg-"))
    try:
        server = PostgresServer(programs, directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        (directory.parent / f"{directory.name}.log").unlink(missing_ok=True)
