"""A worker that is plain livekit-agents, as its own guide writes it, with the providers of the cloud.

`python -m scripts.benchmarks.capacity.plain_worker AGENT_NAME PROCESSES`; server, keys and the address of the providers
are in the environment. It prints `ready:` when calls can come.
"""

import asyncio
import os
import signal
import sys

from livekit.agents import Agent, AgentServer, AgentSession, JobContext, JobProcess
from livekit.plugins import cartesia, deepgram, openai, silero

PEERS = "BENCH_PROVIDERS"
"""Variable with the address of the providers' stand-ins."""

GREETING = "Thank you for calling Harbour Dental. How can I help you today?"


def load(process: JobProcess) -> None:
    """Load the voice activity detector, before the process is offered a call."""
    process.userdata["vad"] = silero.VAD.load()


async def answer(job: JobContext) -> None:
    """Answer a call."""
    address, key = os.environ[PEERS], "stand-in"
    session: AgentSession[None] = AgentSession(
        stt=deepgram.STT(base_url=f"{address}/v1/listen", api_key=key),
        llm=openai.LLM(base_url=f"{address}/v1", api_key=key),
        tts=cartesia.TTS(base_url=address, api_key=key),
        vad=job.proc.userdata["vad"],
    )
    await session.start(Agent(instructions="You answer the telephone of a dentist."), room=job.room)
    session.say(GREETING)


async def serve(agent_name: str, processes: int) -> None:
    """Answer calls until SIGTERM."""
    server = AgentServer(setup_fnc=load, num_idle_processes=processes, port=0, host="127.0.0.1", load_fnc=lambda: 0.0)
    server.rtc_session(answer, agent_name=agent_name)
    server.once("worker_registered", lambda *_: print("ready:", flush=True))
    running = asyncio.create_task(server.run(devmode=False), name="plain worker")
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    stopping = asyncio.create_task(stopped.wait(), name="plain worker stops")
    await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await server.aclose()
    await running


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
