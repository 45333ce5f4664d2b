"""One case as a call of a real agent session in virtual time."""

import asyncio
from collections.abc import Callable

from livekit.agents import ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import io
from livekit.agents.voice.transcription import TranscriptSynchronizer

from callagent.agent import AssembledCall
from callagent.audio import SILENCE, CallClock, Samples, Timeline
from callagent.profile import Profile
from callagent.providers import Providers, Script
from callagent.providers.local.scripted_llm import ScriptedLLM
from callagent.scripted_calls.levels.text.silent_line import ScriptedTTS, TextOutput
from callagent.scripted_calls.levels.text.virtual_clock import VirtualLoop
from scripts.benchmarks.capture.tape import Tape
from scripts.benchmarks.corpus.case import Case
from scripts.benchmarks.replay.outcome import AFTERWARDS_S, Outcome, Stretch, Turn
from scripts.benchmarks.replay.tape_player import TapeInput, TapePlayer, TapeSTT, TapeVAD

BuildCall = Callable[[Profile, Providers, CallClock], AssembledCall]
"""Makes the session of one call, on the loop that it will run on."""

REPLY = "One moment, please."
"""What the agent answers to everything."""

PRELUDE_S = 0.6
"""When the caller says something first, in seconds from the begin of the call."""

LEAD_S = 5.0
"""When the agent begins to say what the case wants it to; by then it has answered the prelude."""


class LivekitReplay:
    """Plays tapes to the sessions that `build` makes, after `prelude`; the agent says what the case wants it to.

    guarded: the recogniser heard the caller through callagent's ear.
    """

    def __init__(self, profile: Profile, build: BuildCall, prelude: Tape, *, guarded: bool = False) -> None:
        self._guarded = guarded
        self._profile = profile.model_copy(update={"greeting": "", "replies": (), "otherwise": REPLY})
        self._build = build
        self._prelude = prelude
        self._undisturbed: dict[str, Stretch] = {}

    def play(self, tape: Tape, audio: Samples) -> Outcome:
        """Return what the session does. `audio` is what the agent heard."""
        case = tape.case
        whole = self._agent_alone(_says(case))
        before = whole if case.situation == "speaking" else self._agent_alone(case.agent)
        first_sample = (before.start if case.situation == "speaking" else before.end) + case.at
        end = first_sample + tape.ends
        until = (end if case.situation == "speaking" else max(end, whole.end)) + AFTERWARDS_S
        return self._run(_says(case), until, first_sample, (tape, audio))

    def _agent_alone(self, text: str) -> Stretch:
        """From the first to the last sample of what the agent says when nobody disturbs it, from the call's begin."""
        if text not in self._undisturbed:
            spoken = self._run(text, LEAD_S + len(text) / 5).agent
            self._undisturbed[text] = Stretch(spoken[0].start, spoken[-1].end)
        return self._undisturbed[text]

    def _run(
        self, text: str, until: float, first_sample: float = 0.0, heard: tuple[Tape, Samples] | None = None
    ) -> Outcome:
        async def call() -> Outcome:
            player = TapePlayer(guarded=self._guarded)
            watched = _WatchedCall(player, self._profile, self._build)
            await watched.start()
            player.play(self._prelude, SILENCE[:0], PRELUDE_S)
            if heard is not None:
                player.play(*heard, first_sample)
            await asyncio.sleep(LEAD_S)
            watched.say(text)
            await asyncio.sleep(until - LEAD_S)
            await watched.aclose()
            return watched.outcome(first_sample, until)

        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(call())


def _says(case: Case) -> str:
    return f"{case.agent} {case.agent_goes_on}".strip()


class _WatchedCall:
    """A session with ears for a tape, and what is seen of it."""

    def __init__(self, player: TapePlayer, profile: Profile, build: BuildCall) -> None:
        self._clock = CallClock()
        self._timeline = Timeline()
        self._turns: list[Turn] = []
        providers = Providers(
            stt=TapeSTT(player, profile.language),
            tts=ScriptedTTS(),
            llm=ScriptedLLM(Script((), profile.otherwise)),
            vad=TapeVAD(player),
        )
        self._call = build(profile, providers, self._clock)
        self._call.session.on("conversation_item_added", self._item_added)
        self._input = TapeInput(player)
        self._output = TextOutput(self._audible, self._silent, self._ended)
        self._words = TranscriptSynchronizer(next_in_chain_audio=self._output, next_in_chain_text=_Unread())

    async def start(self) -> None:
        session = self._call.session
        session.input.audio = self._input
        session.output.audio = self._words.audio_output
        session.output.transcription = self._words.text_output
        await session.start(self._call.agent, record=False)

    def say(self, text: str) -> None:
        self._call.session.say(text)

    async def aclose(self) -> None:
        self._timeline.advance(self._clock.now())
        self._agent = self._timeline.agent  # closing cuts the agent off, which is no part of the outcome
        self._input.close()
        await self._call.session.aclose()
        await self._words.aclose()

    def outcome(self, first_sample: float, until: float) -> Outcome:
        """Return what happened after the lead; all times are from the call's begin until here."""
        journal = self._call.gate.journal if self._call.gate is not None else []
        return Outcome(
            agent=tuple(
                Stretch(span.start - first_sample, span.end - first_sample, span.interrupted)
                for span in self._agent
                if span.start > LEAD_S
            ),
            until=until - first_sample,
            turns=tuple(Turn(turn.at - first_sample, turn.text) for turn in self._turns if LEAD_S < turn.at <= until),
            decisions=tuple(
                {**record.as_dict(), "at": round(record.decided_at - first_sample, 3)} for record in journal
            ),
        )

    def _audible(self) -> None:
        self._timeline.begin_agent(self._clock.now())

    def _silent(self) -> None:
        self._timeline.end_agent(self._clock.now())

    def _ended(self, interrupted: bool) -> None:
        if interrupted:
            self._timeline.cut_agent(self._clock.now())

    def _item_added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, ChatMessage) and item.role == "user":
            self._turns.append(Turn(self._clock.now(), item.text_content or ""))


class _Unread(io.TextOutput):
    """The end of the transcript: nobody reads it."""

    def __init__(self) -> None:
        super().__init__(label="bench", next_in_chain=None)

    async def capture_text(self, text: str) -> None:
        """Do nothing."""

    def flush(self) -> None:
        """Do nothing."""
