"""The servers are real programs of the `mcp` package, which lie beside the profile."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from callagent.doctor.check import Finding
from callagent.doctor.checks.mcp_servers import check_mcp_servers
from tests.agent.tools.test_mcp_servers import DEAD, HANGING, STDIO
from tests.doctor.patients import subject


async def found(directory: Path, **servers: dict[str, Any]) -> Finding:
    profile = directory / "shop.yaml"
    profile.write_text(f"extends: locales/en-US\nmcp: {json.dumps(servers)}\n", encoding="utf-8")
    return await check_mcp_servers(subject(profile=str(profile)))


def server(directory: Path, code: str, **spec: object) -> dict[str, Any]:
    name = f"server_{len(list(directory.glob('server_*.py')))}.py"
    (directory / name).write_text(code, encoding="utf-8")
    return {"command": [sys.executable, name], "connect_timeout": "30 s", **spec}


async def test_a_server_that_works_is_told_with_its_tools(tmp_path: Path) -> None:
    finding = await found(tmp_path, crm=server(tmp_path, STDIO, allowed=["find_customer"]))
    assert (finding.state, finding.found) == ("ok", "crm has 6 tools")


async def test_each_that_does_not_work_is_told_and_why(tmp_path: Path) -> None:
    finding = await found(
        tmp_path,
        works=server(tmp_path, STDIO),
        dead=server(tmp_path, DEAD),
        slow=server(tmp_path, HANGING, connect_timeout="1 s"),
        away={"url": "http://127.0.0.1:9/mcp"},
        other=server(tmp_path, STDIO, allowed=["find_custmer", "fails"]),
    )
    dead, slow, away, other = finding.found.split("; ", 3)
    assert (finding.state, bool(finding.remedy)) == ("warning", True)
    assert dead.startswith("dead cannot be used: ") and "Group" not in dead
    assert slow == "slow cannot be used: took too long"
    assert away == "away cannot be used: ConnectError"
    assert other == "other has no tool 'find_custmer'; did you mean 'find_customer'?"


async def test_a_profile_without_servers_is_passed_over(tmp_path: Path) -> None:
    assert (await found(tmp_path)).state == "skipped"


@pytest.mark.parametrize("name", ["./server", "bin/server"])
async def test_a_program_beside_the_profile_is_found_there(tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!{sys.executable}\n{STDIO}", encoding="utf-8")
    program.chmod(0o755)
    finding = await found(tmp_path, crm={"command": [name], "connect_timeout": "30 s"})
    assert (finding.state, finding.found) == ("ok", "crm has 6 tools")
