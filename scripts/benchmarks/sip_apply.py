"""`scripts/bench sip`: how long `callagent sip` takes, against a real livekit-server with Redis.

Each figure is the wall time of a whole command, start of the interpreter included.
"""

import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from callagent.cli.output import ExitStatus
from callagent.livekit_api.connection import Connection
from callagent.scripted_calls.servers.livekit_server import LiveKitServer
from callagent.scripted_calls.servers.redis import RedisServer

INBOUND, OUTBOUND, RULES = 40, 10, 200
APPLY_LIMIT_S, PLAN_LIMIT_S = 10.0, 2.0
PASSWORD = "BENCH_TRUNK_PASSWORD"


@dataclass(frozen=True)
class Timing:
    """Wall and processor times of a command, in seconds, and how long it may take; 0 for no limit."""

    what: str
    seconds: tuple[float, ...]
    cpu: tuple[float, ...]
    limit: float = 0.0

    @property
    def met(self) -> bool:
        """Whether every run stayed within the limit."""
        return not self.limit or max(self.seconds) <= self.limit


def make_file(ringing: str = "20 s") -> dict[str, Any]:
    """Return a SIP file of 50 trunks and 200 rules, as plain data; every trunk has
    a password, 5 rules share a trunk.
    """
    auth = {"username": "callagent", "password": f"${{{PASSWORD}}}"}
    numbers = [f"+1202555{n:04}" for n in range(1000, 1000 + RULES)]
    each = RULES // INBOUND
    return {
        "stack": "bench",
        "inbound_trunks": {
            f"in {n}": {"numbers": numbers[n * each : (n + 1) * each], "auth": auth, "ringing_timeout": ringing}
            for n in range(INBOUND)
        },
        "outbound_trunks": {
            f"out {n}": {"address": f"sip{n}.example.com", "numbers": [numbers[n]], "auth": auth}
            for n in range(OUTBOUND)
        },
        "dispatch_rules": {
            f"rule {n}": {
                "trunks": [f"in {n // each}"],
                "numbers": [number],
                "profile": ("en-US", "es-MX", "de-DE")[n % 3],
                "attributes": {"rung": ringing},
            }
            for n, number in enumerate(numbers)
        },
    }


async def measure(connection: Connection, directory: Path, runs: int) -> list[Timing]:
    """Apply, plan, change everything and delete everything, `runs` times."""
    first, second, empty = _write_files(directory)
    commands: Sequence[tuple[str, float, int, tuple[str, ...]]] = (
        ("apply: create everything", APPLY_LIMIT_S, 0, ("apply", str(first))),
        ("plan: nothing to do", PLAN_LIMIT_S, 0, ("plan", str(first))),
        ("apply: nothing to do", PLAN_LIMIT_S, 0, ("apply", str(first))),
        ("plan: everything changes", 0, 2, ("plan", str(second))),
        ("apply: change everything", APPLY_LIMIT_S, 0, ("apply", str(second))),
        ("show", 0, 0, ("show",)),
        ("apply: delete everything", APPLY_LIMIT_S, 0, ("apply", str(empty), "--yes")),
        ("check: no server", 0, 0, ("check", str(first))),
    )
    taken: dict[str, list[tuple[float, float]]] = {what: [] for what, *_ in commands}
    for _ in range(runs):
        for what, _, status, arguments in commands:
            taken[what].append(await _run(connection, arguments, status))
    return [
        Timing(what, tuple(wall for wall, _ in taken[what]), tuple(cpu for _, cpu in taken[what]), limit)
        for what, limit, *_ in commands
    ]


def _write_files(directory: Path) -> tuple[Path, Path, Path]:
    contents = {"first": make_file(), "second": make_file("25 s"), "empty": {"stack": "bench"}}
    for name, content in contents.items():
        # JSON is YAML.
        (directory / f"{name}.yaml").write_text(json.dumps(content, indent=1), encoding="utf-8")
    return directory / "first.yaml", directory / "second.yaml", directory / "empty.yaml"


async def _run(connection: Connection, arguments: Sequence[str], status: int) -> tuple[float, float]:
    env = {
        **os.environ,
        "LIVEKIT_URL": connection.url,
        "LIVEKIT_API_KEY": connection.api_key,
        "LIVEKIT_API_SECRET": connection.api_secret,
        PASSWORD: "not-a-real-password",
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    begun, spent = time.perf_counter(), _children_cpu()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "callagent", "sip", *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    seconds = time.perf_counter() - begun
    if process.returncode != status:
        raise RuntimeError(f"callagent sip {' '.join(arguments)}: status {process.returncode}: {said.decode()[-500:]}")
    return seconds, _children_cpu() - spent


def _children_cpu() -> float:
    """Return processor time of the child processes that have ended, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def table(timings: Sequence[Timing]) -> str:
    """Return the timings in Markdown."""
    runs = len(timings[0].seconds)
    lines = [
        f"# callagent sip: {INBOUND + OUTBOUND} trunks, {RULES} rules, {runs} runs",
        "",
        "| command | median | slowest | processor | limit | |",
        "|---|---|---|---|---|---|",
    ]
    for each in timings:
        limit = f"{each.limit:g} s" if each.limit else "-"
        verdict = ("met" if each.met else "MISSED") if each.limit else ""
        median, slowest, cpu = statistics.median(each.seconds), max(each.seconds), statistics.median(each.cpu)
        lines.append(f"| {each.what} | {median:.2f} s | {slowest:.2f} s | {cpu:.2f} s | {limit} | {verdict} |")
    return "\n".join(lines) + "\n"


async def bench(runs: int) -> list[Timing]:
    """Measure against servers of its own."""
    async with AsyncExitStack() as stack:
        redis = await stack.enter_async_context(aclosing(await RedisServer.start()))
        server = await stack.enter_async_context(aclosing(await LiveKitServer.start(redis=redis.address)))
        files = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        return await measure(server.connection, files, runs)


def write(timings: Sequence[Timing], directory: Path) -> None:
    """Write `report.md` and `report.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "report.md").write_text(table(timings), encoding="utf-8")
    (directory / "report.json").write_text(json.dumps([asdict(each) for each in timings], indent=1), encoding="utf-8")


@click.command()
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1), help="How often to measure everything.")
@click.option("--out", default="out/sip", show_default=True, type=click.Path(path_type=Path), help="Where to write.")
def sip(runs: int, out: Path) -> None:
    """Measure how long `callagent sip` takes for 50 trunks and 200 rules; status 1 when a limit is missed.

    Against a livekit-server with Redis, started for it. Each figure is the wall time of a whole command, start of the
    interpreter included.
    """
    timings = asyncio.run(bench(runs))
    write(timings, out)
    click.echo(table(timings), nl=False)
    if not all(each.met for each in timings):
        sys.exit(ExitStatus.FAILED)
