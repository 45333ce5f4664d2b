"""Whatever a check finds failed, it says what to do."""

import ast
import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from callagent.doctor import CHECKS, Check, Finding, Subject, examine
from callagent.doctor.check import Address
from callagent.livekit_api import Refused
from tests.doctor.patients import connection, subject
from tests.support.loopback import listening

checks = pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])


def raises(error: Exception) -> Callable[[Subject], Awaitable[Finding]]:
    async def run(_: Subject) -> Finding:
        raise error

    return run


async def hangs(_: Subject) -> Finding:
    await asyncio.Event().wait()
    raise AssertionError


async def found(check: Check) -> Finding:
    """What the check finds, whatever the checks before it have found."""
    (examined,) = [each async for each in examine(subject(), [replace(check, needs=())])]
    return examined.finding


@checks
async def test_a_check_that_is_late_says_what_to_do(check: Check) -> None:
    finding = await found(replace(check, run=hangs, limit=0.01))
    assert (finding.state, bool(finding.remedy)) == ("failed", True)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError(13, "Permission denied"), "permission denied (PermissionError)"),
        (ValueError("s3cret"), "ValueError"),
        (ImportError("s3cret"), "ImportError"),
        (aiohttp.ClientPayloadError("s3cret"), "ClientPayloadError"),
        (Refused("s3cret"), "Refused"),
    ],
)
async def test_what_a_check_does_not_foresee_is_a_failure_with_a_remedy(error: Exception, told: str) -> None:
    finding = await found(Check("odd", raises(error)))
    assert (finding.state, finding.found) == ("failed", f"this could not be looked at: {told}")
    assert "--log-level debug" in finding.remedy


async def test_a_mistake_of_a_check_is_not_hidden() -> None:
    with pytest.raises(TypeError, match="a bug"):
        await found(Check("odd", raises(TypeError("a bug"))))


async def test_no_failure_is_without_a_remedy_where_everything_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with listening() as port:
        patient = subject(
            connection(url="ws://["),
            profile="no-such-profile",
            metrics_port=port,
            records=tmp_path / "file",
            gateway=Address("a" * 64),
        )
        everything = [(each.check, each.finding) async for each in examine(patient, CHECKS)]
    failed = {name: finding for name, finding in everything if finding.state == "failed"}
    assert failed.keys() == {"keys", "gateway", "profiles", "ports", "records"}
    assert [name for name, finding in failed.items() if not finding.remedy] == []


@checks
def test_no_check_writes_a_failure_without_a_remedy(check: Check) -> None:
    source = ast.parse(inspect.getsource(inspect.getmodule(check.run)))  # type: ignore[arg-type]  # it has a module
    written = [node for node in ast.walk(source) if isinstance(node, ast.Call)]
    failures = [call for call in written if isinstance(call.func, ast.Name) and call.func.id == "failed"]
    assert failures
    assert [ast.unparse(call) for call in failures if ast.unparse(call.args[1]) in ("''", "f''")] == []
