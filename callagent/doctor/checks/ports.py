"""The worker's own ports: free, or taken by a worker that runs already."""

import asyncio

import aiohttp

from callagent.doctor.check import Check, Finding, Subject, failed, ok
from callagent.worker import ServerUnavailable
from callagent.worker.preflight import check_port

LOOPBACK = "127.0.0.1"
EVERY_INTERFACE = ("", "0.0.0.0", "::")
CHOOSE = "end what listens there (`ss -ltnp`), or choose another port"


async def check_ports(subject: Subject) -> Finding:
    """Try to listen on each, and ask who does where that fails."""
    endpoints = {
        "--port": (subject.host, subject.health_port),
        "--metrics-port": (subject.metrics_host, subject.metrics_port),
    }
    wanted = {option: (host, port) for option, (host, port) in endpoints.items() if port}
    taken: list[str] = []
    for option, (host, port) in wanted.items():
        try:
            await asyncio.to_thread(check_port, host, port, option)
        except ServerUnavailable as error:
            if (agent := await _worker_at(host, port)) is not None:
                return ok(f"a worker of the agent {agent} runs on port {port}")
            taken.append(str(error))
    if taken:
        return failed("; ".join(taken), CHOOSE)
    return ok(f"free: {', '.join(str(port) for _, port in wanted.values())}" if wanted else "any free port will do")


async def _worker_at(host: str, port: int) -> str | None:
    """Return the agent's name, where a worker's health endpoint answers."""
    host = LOOPBACK if host in EVERY_INTERFACE else f"[{host}]" if ":" in host else host
    timeout = aiohttp.ClientTimeout(total=1.0)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{host}:{port}/worker") as answer,
        ):
            told = await answer.json()
    except (aiohttp.ClientError, ValueError, TimeoutError):
        return None
    return str(told["agent_name"]) if isinstance(told, dict) and "agent_name" in told else None


PORTS = Check("ports", check_ports, late=("who listens on the ports was not found out", CHOOSE))
