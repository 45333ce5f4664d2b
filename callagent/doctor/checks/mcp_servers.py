"""The MCP servers of the default profile: each starts or answers in time, and has the tools that the profile allows."""

import asyncio

from callagent.doctor.check import Check, Finding, Subject, failed, ok, skipped, warning
from callagent.profile import Profile, load_profile
from callagent.yaml_config import ConfigError, did_you_mean, nearest

LIMIT_S = 75.0
"""Longer than a profile may let a server take to start, and to end."""

CORRECT = "calls go on without these tools; is the server running, and are `url`, `command`, `headers` and `env` right?"
START_IT = "start the server by hand and see what it says"


async def check_mcp_servers(subject: Subject) -> Finding:
    """Connect to each as a call does, have it list its tools, and leave it again."""
    try:
        profile = await asyncio.to_thread(load_profile, subject.profile, sets=subject.sets)
    except ConfigError as error:
        return failed("; ".join(str(error).splitlines()), "correct what is named")
    if not profile.mcp:
        return skipped("the profile has none")
    found = await asyncio.gather(*(_look_at(profile, name) for name in profile.mcp))
    wrong = [finding.found for finding in found if finding.state != "ok"]
    return warning("; ".join(wrong), CORRECT) if wrong else ok("; ".join(finding.found for finding in found))


async def _look_at(profile: Profile, name: str) -> Finding:
    from callagent.agent.tools.mcp_servers import try_server  # needs the extra `mcp`

    server = await try_server(name, profile)
    if server.why_not:
        return warning(f"{name} cannot be used: {server.why_not}", CORRECT)
    missing = [tool for tool in profile.mcp[name].allowed or () if tool not in server.listed]
    if missing:
        told = ", ".join(f"'{tool}'{did_you_mean(nearest(tool, server.listed))}" for tool in missing)
        return warning(f"{name} has no tool {told}", CORRECT)
    return ok(f"{name} has {len(server.listed)} tool{'' if len(server.listed) == 1 else 's'}")


MCP_SERVERS = Check(
    "MCP servers",
    check_mcp_servers,
    needs=("profiles",),
    limit=LIMIT_S,
    late=("the servers were not looked at", START_IT),
)
