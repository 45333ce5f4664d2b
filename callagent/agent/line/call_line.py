"""The part of `callagent.Call` that is about the line: keys, transfers, hold, the end, silences, background sounds."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from livekit.agents import AgentSession, SpeechCreatedEvent
from livekit.agents.voice import SpeechHandle

from callagent.agent.line.background_audio import BackgroundAudio
from callagent.agent.line.sounds import SoundName
from callagent.agent.line.telephone_acts import HoldEnd, KeysEntered, TelephoneActs

if TYPE_CHECKING:
    from callagent.agent.call_limits import CallFlow


@dataclass(frozen=True)
class Line:
    """What a call is on, and what watches it."""

    telephone: TelephoneActs
    background: BackgroundAudio
    flow: "CallFlow"


class CallLine(ABC):
    """What an author's agents, tools, hooks and listeners do with the line of a call.

    The acts on the telephone are those of the built-in tools, with the same limits in one call; where the profile wants
    the caller's word for a tool (`confirm: true`), its act needs it too. Each raises ControlError where it is not done
    (`NotAllowed`, which is one, where it may not be done now): its message says why, in words for a log, and the call
    goes on. They need not be named in the profile's `tools`.

    Attributes:
        recording: what is wanted of the recording of the call.
    """

    def __init__(self, session: AgentSession[Any], line: Line) -> None:
        self.session = session
        self._line = line
        self.recording = line.telephone.recording
        self._speeches: dict[str, SpeechHandle] = {}
        session.on("speech_created", self._speech_begun)

    async def transfer(self, destination: str) -> None:
        """Tell the caller (`phrases.transferring`), hand them over, and leave the call.

        Args:
            destination: a name of `transfer.destinations`.

        Raises:
            ValueError: there is none of that name, or it has keys behind it.
            ControlError: the transfer was refused, or is not possible now.
        """
        await self._line.telephone.transfer(self.session, destination, [*self._speeches.values()])

    async def warm_transfer(self, destination: str) -> None:
        """Tell the caller, call somebody and tell them what it is about, and connect the two. The caller hears music
        meanwhile. Once it returns the call is theirs.

        A LiveKit server that moves participants (LiveKit Cloud) has it done by livekit's own task, which can be awaited
        only in a tool, or in `on_enter` or `on_exit` of an agent; elsewhere ControlError says so.

        Args:
            destination: a name of `transfer.destinations`.

        Raises:
            ValueError: there is none of that name.
            ControlError: nobody took the call, or it is not possible now.
        """
        await self._line.telephone.warm_transfer(self.session, destination, [*self._speeches.values()])

    async def hold(self) -> HoldEnd:
        """Put the caller on hold, with music, until they speak (`spoken`), press a key (`key`), or have been away for
        `hold.longest` (`time`). What they say is their turn, which the agent answers.

        Raises:
            ControlError: it is not possible now.
        """
        return await self._line.telephone.hold(self.session)

    async def send_dtmf(self, keys: str) -> None:
        """Press keys of the telephone: 0 to 9, *, # and A to D, 40 at most.

        Raises:
            ValueError: they are no keys.
            ControlError: they could not be sent, or not now.
        """
        await self._line.telephone.send_dtmf(self.session, keys)

    async def collect_dtmf(self, prompt: str, count: int) -> KeysEntered:
        """Ask the caller to key in digits, and wait for them; # completes an entry with fewer.

        Args:
            prompt: the question, which the first key stops.
            count: how many digits, 1 to 40.

        Raises:
            ValueError: the count is another.
            ControlError: it is not possible now.
        """
        return await self._line.telephone.collect_dtmf(self.session, prompt, count)

    def hang_up(self) -> None:
        """End the call once what the agent is saying is said, in a tool after the reply that follows it.

        `close` ends it at once.

        Raises:
            ControlError: it is not possible now.
        """
        self._on_loop("hang_up")
        self._line.telephone.hang_up(self.session, [*self._speeches.values()])

    async def do_not_call(self) -> None:
        """Have the other party's number never called again.

        Raises:
            ControlError: the number is not known, or there is no list.
        """
        await self._line.telephone.do_not_call(self.session)

    def start_recording(self) -> None:
        """Begin the recording that `recording: {mode: on consent, consent: agreement}` has wait: they have agreed."""
        self._on_loop("start_recording")
        self.recording.agree()

    def pause_recording(self) -> None:
        """Record nothing from now on: there is silence in the file until `resume_recording`. Nothing where the call is
        not recorded; one that begins later begins paused.
        """
        self._on_loop("pause_recording")
        self.recording.pause()

    def resume_recording(self) -> None:
        """Go on recording after `pause_recording`; where the profile has it pause meanwhile, once that is over."""
        self._on_loop("resume_recording")
        self.recording.resume()

    def play_background(
        self, sound: SoundName, *, volume: float = 1.0, loop: bool = False, override_thinking: bool = True
    ) -> None:
        """Play a sound behind the agent, instead of the one that was played before; `background.ambient` goes on.

        What cannot be read is named in the log. Where there is no audio (chat, scripted calls at level text) the log
        says so once, and the sound is in the journal all the same.

        Args:
            sound: a clip of livekit-agents (`office`, `keyboard` …), or a file (with a `.` or a `/` in it), looked for
                beside the profile and in the working directory.
            volume: 0 to 1; at 1 it is as loud as in the file.
            loop: over and over, until `stop_background` or the end of the call.
            override_thinking: the sound of an agent who thinks pauses meanwhile, and goes on afterwards.

        Raises:
            ValueError: there is no such clip, or the volume is not from 0 to 1.
        """
        self._on_loop("play_background")
        self._line.background.play(sound, volume=volume, loop=loop, override_thinking=override_thinking)

    def stop_background(self) -> None:
        """End what `play_background` plays, and the profile's `background.ambient`."""
        self._on_loop("stop_background")
        self._line.background.stop()

    def start_thinking_sound(self, sound: SoundName | None = None) -> None:
        """Play the sound of an agent who thinks, until it speaks or `stop_thinking_sound`.

        An agent that thinks, or waits for a tool, has the profile's `background.thinking` by itself.

        Args:
            sound: as for `play_background`; left out, that of the profile, or typing on a keyboard where it has none.

        Raises:
            ValueError: there is no such clip.
        """
        self._on_loop("start_thinking_sound")
        self._line.background.start_thinking(sound)

    def stop_thinking_sound(self) -> None:
        """End the sound of an agent who thinks; it comes again the next time that it begins to think."""
        self._on_loop("stop_thinking_sound")
        self._line.background.stop_thinking()

    def on_wake_up(self, callback: Callable[..., object] | None) -> None:
        """Have `callback` called after each silence of `flow.idle`, instead of the profile's question; None: ask again.

        It gets the call, or nothing, and may be `async`. While it runs, no silence counts. One that raises or hangs is
        named in the log, and the question is asked instead. The call then has no end but `flow.max_duration` and those
        that the author makes.

        Raises:
            ValueError: the profile has no `flow.idle`, or the callback cannot be called so.
        """
        self._line.flow.on_wake_up(callback, self)

    @abstractmethod
    def _on_loop(self, method: str) -> None:
        """Raise RuntimeError for a thread that is not that of the call."""

    def _speech_begun(self, event: SpeechCreatedEvent) -> None:
        speech = event.speech_handle
        self._speeches[speech.id] = speech
        speech.add_done_callback(self._speech_over)

    def _speech_over(self, speech: SpeechHandle) -> None:
        self._speeches.pop(speech.id, None)
