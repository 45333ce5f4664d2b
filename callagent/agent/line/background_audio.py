"""What the caller hears behind the agent: the sound of the place, of an agent who thinks, and sounds of its author."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from livekit.agents import AgentSession, AgentStateChangedEvent

from callagent.agent.line.sounds import SoundName, sound_of
from callagent.audio import Playback, SilentPlayer, Sound, SoundPlayer
from callagent.profile import THINKING

if TYPE_CHECKING:
    from callagent.profile import Profile

SoundKind = Literal["ambient", "thinking", "sound"]
"""As in the journal: the sound of the place, of an agent who thinks, or one that the author plays."""

Watcher = Callable[[SoundKind, str, bool], None]
"""Told of a kind of sound, its name, and whether it begins or ends."""

_log = logging.getLogger("callagent.agent")


@dataclass
class _Channel:
    """One kind of sound: what is to be heard, and what is being played of it."""

    wanted: Sound | None = None
    loop: bool = True
    playback: Playback | None = None


class BackgroundAudio:
    """Decides what is heard behind the agent, and has the player of the line play it.

    Args:
        player: what plays it; without one nothing is heard, which the log says once, and all else is the same.
    """

    def __init__(self, session: AgentSession[Any], profile: "Profile", player: SoundPlayer | None = None) -> None:
        self._profile = profile
        self._ambient, self._thinking = self._own("ambient"), self._own("thinking")
        self._player = player or SilentPlayer()
        self._channels: dict[SoundKind, _Channel] = {"ambient": _Channel(), "thinking": _Channel(), "sound": _Channel()}
        self._watchers: list[Watcher] = []
        self._broken: set[Sound] = set()
        self._thinks = False
        self._started: Sound | None = None
        self._stopped = False
        self._overrides = False
        self._quiet = False
        self._closed = False
        self._told = False
        session.on("agent_state_changed", self._state_changed)
        session.on("close", self._session_closed)

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` whenever a sound begins or ends."""
        self._watchers.append(watcher)

    def begin(self) -> None:
        """Begin with the sound of the place: the call is answered."""
        self._channels["ambient"].wanted = self._ambient
        self._refresh()

    def play(self, name: SoundName, *, volume: float = 1.0, loop: bool = False, override_thinking: bool = True) -> None:
        """Play a sound, instead of the one that was played before, if one was.

        Args:
            name: a clip of livekit-agents, or a file.
            volume: 0 to 1.
            loop: over and over, until `stop`.
            override_thinking: the sound of an agent who thinks pauses meanwhile, and goes on afterwards.

        Raises:
            ValueError: there is no such clip, or the volume is not from 0 to 1.
        """
        sound = sound_of(name, self._profile, volume)
        channel = self._channels["sound"]
        self._end(channel)
        channel.wanted, channel.loop, self._overrides = sound, loop, override_thinking
        self._broken.discard(sound)
        self._refresh()

    def stop(self) -> None:
        """End the sound that is played, and that of the place."""
        for kind in ("ambient", "sound"):
            self._channels[kind].wanted = None
        self._refresh()

    def start_thinking(self, name: SoundName | None = None) -> None:
        """Play the sound of an agent who thinks, until it speaks or `stop_thinking`, though it may not be thinking.

        Args:
            name: which; left out, that of the profile, or typing on a keyboard where it has none.

        Raises:
            ValueError: there is no such clip.
        """
        volume = self._profile.background.volume
        if name is None:
            self._started = self._thinking or sound_of(THINKING, self._profile, volume)
        else:
            self._started = sound_of(name, self._profile, volume)
        self._stopped = False
        self._refresh()

    def stop_thinking(self) -> None:
        """End the sound of an agent who thinks; it comes again the next time that it begins to think."""
        self._started, self._stopped = None, True
        self._refresh()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While inside, nothing of it is heard, as for a caller on hold. What is played once is not played on."""
        self._quiet = True
        self._refresh()
        try:
            yield
        finally:
            self._quiet = False
            self._refresh()

    def _state_changed(self, event: AgentStateChangedEvent) -> None:
        thinks = event.new_state == "thinking"
        if thinks and not self._thinks:
            self._stopped = False
        if event.new_state == "speaking":
            self._started = None
        self._thinks = thinks
        self._refresh()

    def _session_closed(self, _: object) -> None:
        self._closed = True
        self._refresh()

    def _refresh(self) -> None:
        """Begin and end what is to."""
        silent, sound = self._quiet or self._closed, self._channels["sound"]
        if silent and not sound.loop:
            sound.wanted = None
        overridden = self._overrides and sound.wanted is not None
        thinking = self._started or (self._thinking if self._thinks and not self._stopped else None)
        self._channels["thinking"].wanted = None if overridden else thinking
        for kind, channel in self._channels.items():
            wanted = None if silent or channel.wanted in self._broken else channel.wanted
            if channel.playback is not None and channel.playback.sound != wanted:
                self._end(channel)
            if channel.playback is None and wanted is not None:
                self._play(kind, channel, wanted)

    def _play(self, kind: SoundKind, channel: _Channel, sound: Sound) -> None:
        if not self._player.audible and not self._told:
            self._told = True
            _log.warning("there is nothing to hear background sounds with here: they are noted and not played")

        def changed(playing: bool) -> None:
            for watcher in self._watchers:
                watcher(kind, sound.name, playing)

        channel.playback = playback = Playback(sound, loop=channel.loop, changed=changed)
        playback.on_end(lambda: self._over(channel, playback))
        self._player.play(playback)

    def _over(self, channel: _Channel, playback: Playback) -> None:
        """Forget a sound that has come to its end by itself; what should go on for ever and does not is broken."""
        if channel.playback is playback:
            channel.playback, channel.wanted = None, None
            if playback.loop or not playback.begun:
                self._broken.add(playback.sound)
            self._refresh()

    def _end(self, channel: _Channel) -> None:
        playback, channel.playback = channel.playback, None
        if playback is not None:
            playback.end()

    def _own(self, kind: Literal["ambient", "thinking"]) -> Sound | None:
        settings = self._profile.background
        name: str | None = getattr(settings, kind)
        return None if name is None else sound_of(name, self._profile, settings.volume, key=f"background.{kind}")
