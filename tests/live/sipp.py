"""sipp as the other end: a scenario of ours, as a process."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.loopback import LOOPBACK

SCENARIOS = Path(__file__).with_name("scenarios")
HOW_TO_GET_IT = "sipp is not on the PATH (Debian: apt-get install sip-tester)"
LIMIT_S = 20
CALLER = "+12025550123"


@dataclass(frozen=True)
class Sipp:
    """A running sipp. `port` is where it takes calls."""

    process: asyncio.subprocess.Process
    port: int

    async def finished(self) -> None:
        """Waits for its end, and fails the test with its words when the scenario was not followed."""
        async with asyncio.timeout(LIMIT_S + 5):
            out, err = await self.process.communicate()
        if self.process.returncode:
            words = (out + err).decode(errors="replace").splitlines()
            pytest.fail(f"sipp ended with {self.process.returncode}:\n" + "\n".join(words[-40:]), pytrace=False)


@asynccontextmanager
async def sipp(
    scenario: str, directory: Path, *arguments: str, port: int, replace: tuple[str, str] = ("", "")
) -> AsyncIterator[Sipp]:
    """Starts a scenario on a port of ours; it ends with the test, if not before."""
    binary = shutil.which("sipp")
    if binary is None:
        pytest.skip(HOW_TO_GET_IT)
    file = directory / f"{scenario}.xml"
    text = (SCENARIOS / file.name).read_text(encoding="utf-8")
    file.write_text(text.replace(*replace) if replace[0] else text, encoding="utf-8")
    command = [binary, "-sf", str(file), "-i", LOOPBACK, "-p", str(port), "-nostdin"]
    command += ["-timeout", str(LIMIT_S), "-timeout_error", "-key", "caller", CALLER, "-trace_err", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=directory
    )
    try:
        yield Sipp(process, port)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
