"""From a profile and its providers to a session that is ready to start."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from livekit.agents import Agent, AgentSession, TurnHandlingOptions
from livekit.agents.llm import RealtimeModel, Tool, Toolset

from callagent.agent.author.author_notes import Recorder
from callagent.agent.author.hooks import Hooks
from callagent.agent.call import Call
from callagent.agent.call_agent import CallAgent, agent_makers, make_agent, make_one_of, make_state
from callagent.agent.call_control import CallControl, NoControl
from callagent.agent.call_limits import CallFlow
from callagent.agent.caller_turn import CallerTurn
from callagent.agent.compliance.opt_out import OptOut
from callagent.agent.dtmf.keys import Keypad, KeyTurns
from callagent.agent.dtmf.push_to_talk import PushToTalk
from callagent.agent.gated_session import SessionOptions, gated_options, stock_options
from callagent.agent.gated_session import gate as put_gate
from callagent.agent.handover.hand_overs import HandOvers
from callagent.agent.line.background_audio import BackgroundAudio
from callagent.agent.line.call_line import Line
from callagent.agent.models import EveryAgent, gated
from callagent.agent.outage.care import OutageCare
from callagent.agent.prompts import Sounds
from callagent.agent.tools.declared import build_tools
from callagent.agent.tools.mocks import ToolMocks
from callagent.agent.tools.policy import Around, as_it_is
from callagent.agent.tools.telephony import Telephone
from callagent.call_context import CallContext
from callagent.profile import load_wake_up
from callagent.turns.binding import GateBinding

if TYPE_CHECKING:
    from callagent.audio import CallClock, SoundPlayer
    from callagent.profile import Profile, ToolMock
    from callagent.providers import Providers

GateMode = Literal["callagent", "stock"]
"""`stock` leaves interruptions to livekit-agents (mode `vad`), for comparison."""

CLOSE_TRANSCRIPT_TIMEOUT_S = 0.5
"""Seconds that a closing session waits for a last transcript; a phone line that is down brings none."""


@dataclass(frozen=True, slots=True)
class AssembledCall:
    """One call's session, agent and gate (None in stock mode).

    `keypad` is to be fed with the keys that the caller presses; `begin` is to be called once the session is started and
    the call answered. `call` is what the author of an agent has of it. `hooks` are to begin when the call does, and to
    end once it is known how it has ended.
    """

    session: AgentSession[Any]
    agent: Agent
    gate: GateBinding | None
    keypad: Keypad
    flow: CallFlow
    background: BackgroundAudio
    call: Call
    hooks: Hooks
    outages: OutageCare

    async def start(self, **options: Any) -> None:
        """Start the session with its agent.

        Args:
            options: of livekit's `AgentSession.start`.
        """
        await self.session.start(self.agent, **options)
        self.call.begun()

    def begin(self) -> None:
        """Begin what lasts as long as the call: its duration counts, and the sound of the place is heard."""
        self.call.disclosures.answered()
        self.flow.start()
        self.background.begin()

    @contextmanager
    def away(self) -> Iterator[None]:
        """While inside, the agent has nothing to do with the call: no silence counts, no sound of the place is heard,
        and keys are nothing to it.
        """
        give_back = self.keypad.take(lambda key: None)
        with self.background.quiet(), self.flow.away():
            try:
                yield
            finally:
                give_back()

    def name_of(self, agent: Agent) -> str:
        """Return what one of its agents is called: in the profile, where it is there, or by livekit."""
        return self.call.hand_overs.name_of(agent)

    @property
    def sounds(self) -> Sounds:
        """Phrases that were made ahead."""
        return self.call.sounds


def assemble(
    profile: "Profile",
    providers: "Providers",
    *,
    clock: "CallClock",
    gate: GateMode = "callagent",
    turn_handling: TurnHandlingOptions | None = None,
    control: CallControl | None = None,
    around_tool: Around = as_it_is,
    sounds: Sounds | None = None,
    player: "SoundPlayer | None" = None,
    mocks: "Mapping[str, ToolMock]" = MappingProxyType({}),
    context: CallContext | None = None,
    recorder: Recorder | None = None,
    stand_by: bool = False,
) -> AssembledCall:
    """Build the session of one call.

    `clock` gives the times of the gate's journal. `turn_handling` replaces the options of stock mode only: with the
    gate they follow from the profile. `control` is what tools reach the telephone network through. `around_tool` may
    put something around the bodies of the profile's tools, as tests do. `mocks` say what tools do instead of their own
    code. `sounds` are phrases that were made ahead. `player` plays background sounds, unheard without one. `context`
    is what is known of the call, `recorder` keeps what its author notes. With `stand_by` no agent of the profile's
    begins yet. Must be called on the event loop that the session will run on.
    """
    control, keypad, sounds = control or NoControl(), Keypad(), sounds or Sounds()

    def waits_for_caller() -> AbstractContextManager[None]:
        return binding.on_hold() if binding else nullcontext()

    @contextmanager
    def away() -> Iterator[None]:
        with background.quiet(), flow.away():
            yield

    telephone = Telephone(profile, control, keypad, sounds, waits_for_caller, away)
    hand_overs, mocked = HandOvers(profile, providers.agents, sounds), ToolMocks(mocks)
    session: AgentSession[Any] = AgentSession(
        tools=_tools(profile, around_tool, telephone, mocked, hand_overs),
        stt=gated(providers.stt),
        vad=providers.vad,
        llm=providers.llm,
        tts=providers.tts,
        user_away_timeout=profile.flow.idle,
        session_close_transcript_timeout=CLOSE_TRANSCRIPT_TIMEOUT_S,
        **_options(profile, providers, gate, turn_handling),
    )
    hand_overs.follow(session)
    outages = OutageCare(profile, sounds)
    binding = _gate_on(session, profile, clock, gate, outages)
    mocked.follow(session)
    keys = KeyTurns(keypad, session, profile.keys)
    background, flow = BackgroundAudio(session, profile, player), CallFlow(session, profile, sounds)
    outages.follow(session, providers, control, flow)
    turn, line = CallerTurn(session, binding), Line(telephone, background, flow)
    PushToTalk(keypad, session, turn, profile.endpointing)
    call = Call(session, profile, sounds, hand_overs, line=line, turn=turn, context=context, recorder=recorder)
    OptOut(call, control, flow).listen(binding, keys)
    agent = _agent_of(call, flow, keypad, control, stand_by)
    return AssembledCall(session, agent, binding, keypad, flow, background, call, Hooks(profile, call), outages)


def _gate_on(
    session: AgentSession[Any], profile: "Profile", clock: "CallClock", mode: GateMode, outages: OutageCare
) -> GateBinding | None:
    """Put the gate on a session; in stock mode the limits alone."""
    if mode == "callagent":
        return put_gate(session, profile, clock=clock, filler=outages.filler)
    EveryAgent(session, None, profile.limits, outages.filler)
    return None


def _tools(
    profile: "Profile", around: Around, telephone: Telephone, mocks: ToolMocks, hand_overs: HandOvers
) -> list[Tool | Toolset]:
    """Return the tools of a session: those of the profile, and those by which its agents hand over."""
    made = build_tools(profile, around=around, telephone=telephone, mocks=mocks, offered=hand_overs.offered)
    return [*made, *hand_overs.tools()]


def _agent_of(call: Call, flow: CallFlow, keypad: Keypad, control: CallControl, stand_by: bool) -> Agent:
    """Return the agent of a call, which has its state by then and hears of its keys; to stand by, a plain one."""
    keypad.watch(flow.key_pressed)
    keypad.watch(call.events.key)
    call.session.userdata = call
    call.hand_overs.made_by(partial(make_one_of, call.profile, call, agent_makers(call.profile), keypad, control))
    flow.on_wake_up(load_wake_up(call.profile), call)
    call.state = make_state(call.profile, call)
    if stand_by:
        return CallAgent(call.profile, control=control, instructions=call.texts.instructions(call.profile.instructions))
    return make_agent(call.profile, call, control=control)


def _options(
    profile: "Profile", providers: "Providers", gate: GateMode, turn_handling: TurnHandlingOptions | None
) -> SessionOptions:
    realtime = isinstance(providers.llm, RealtimeModel)
    if gate == "callagent":
        return gated_options(profile, providers.turn_model, realtime=realtime)
    return stock_options(profile, turn_handling, realtime=realtime)
