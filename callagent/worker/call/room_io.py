"""How a session listens to a telephone in a room."""

from livekit import rtc
from livekit.agents.voice import room_io

from callagent.agent import AssembledCall
from callagent.profile import Profile

FRAME_MS = 20
"""Length of the audio frames that the session gets: one packet of a phone call."""

CALLER_KINDS: list[rtc.ParticipantKind.ValueType] = [
    rtc.ParticipantKind.PARTICIPANT_KIND_SIP,
    rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD,
    rtc.ParticipantKind.PARTICIPANT_KIND_CONNECTOR,
]


def room_options(profile: Profile, identity: str) -> room_io.RoomOptions:
    """Return the audio of that participant as a phone gives it; no video, no typed text."""
    return room_io.RoomOptions(
        participant_identity=identity,
        participant_kinds=CALLER_KINDS,
        audio_input=room_io.AudioInputOptions(
            sample_rate=profile.vad.sample_rate,
            frame_size_ms=FRAME_MS,
            auto_gain_control=False,
            pre_connect_audio=False,
        ),
        text_input=False,
        video_input=False,
        close_on_disconnect=True,
    )


async def start(call: AssembledCall, room: rtc.Room, profile: Profile, identity: str, *, dev: bool) -> None:
    """Start the session of a call with that participant.

    Args:
        dev: development. Otherwise nobody in the room can drive the session from there, as livekit-agents' own
            `RemoteSession` does: put words into the caller's mouth, or read the conversation.
    """
    await call.start(room=room, room_options=room_options(profile, identity), session_host=dev)
