"""The interruption gate in a worker of your own: plain livekit-agents, any models, without `callagent serve`.

livekit-server --dev
python configs/examples/own_server.py dev
"""

from typing import Any

from livekit.agents import Agent, AgentServer, AgentSession, JobContext, JobProcess, cli

import callagent
from callagent.providers import make_providers, prewarm

PROFILE = callagent.load_profile("en-US")


def load_models(_: JobProcess) -> None:
    """Load the local models before a call comes."""
    prewarm(PROFILE)


server = AgentServer(setup_fnc=load_models)


class Baker(Agent):
    """Sells bread."""

    async def on_enter(self) -> None:
        """Greet the caller."""
        self.session.say("Corner Bakery. We are open from nine to six on every day but Sunday. What can I get you?")


def new_session(**models: Any) -> AgentSession[Any]:
    """Return a session with the gate; the models are those of any plugin, such as `deepgram.STT()`."""
    session: AgentSession[Any] = AgentSession(**callagent.session_options(PROFILE), **models)
    callagent.gate(session, PROFILE)
    return session


@server.rtc_session()
async def answer(job: JobContext) -> None:
    """Answer a call."""
    local = make_providers(PROFILE)
    session = new_session(stt=callagent.gated(local.stt), vad=local.vad, llm=local.llm, tts=local.tts)
    await session.start(Baker(instructions="You sell bread. One short sentence at a time."), room=job.room)


if __name__ == "__main__":
    cli.run_app(server)
