"""The voice prompts that a call needs at once: made when a process is made ready, and once for all processes."""

import asyncio
import hashlib
import logging
import time
import wave
from pathlib import Path

from livekit import rtc
from livekit.agents import APIError
from livekit.agents.llm import ChatMessage
from livekit.agents.tokenize.basic import hyphenate_word
from livekit.agents.utils import http_context

from callagent.agent import Sounds, assemble
from callagent.agent.number_reading import read_digits
from callagent.agent.outage.filler import filler_texts
from callagent.audio import CallClock
from callagent.phone_numbers.number import example_number
from callagent.private_files import locked, whole_file
from callagent.profile import Profile, filled, is_template
from callagent.providers import make_providers, make_voice
from callagent.telephony import read_context

MOST_GREETINGS = 8
"""Greetings of single numbers that are made ahead."""

MOST_FILLERS = 3
"""Fillers that are made ahead."""

PATIENCE_S = 20.0
"""How long the voice may take for all of them, in seconds; what is missing then is said by the call's own voice."""

GREETING_S = 2.0
"""How long it takes to answer a call and to begin its greeting, in seconds, on a busy machine."""

LONGEST_WAIT_S = 10.0
"""How long a process waits for calls that are being answered before it makes itself ready nevertheless, in seconds."""

_ANSWERING = "answering"

_log = logging.getLogger("callagent.worker")


def sounds_of(profile: Profile, directory: Path | None) -> Sounds:
    """Return the notice, the greetings and the apology of a profile as audio.
    Blocks; must not run inside an event loop.

    Args:
        directory: what is shared between the processes of a worker; None: nothing is.
    """
    if directory is None:
        sounds = Sounds()
        asyncio.run(_synthesise(profile, sounds))
        return sounds
    with locked(directory / "lock"):  # the others find what the first has made
        sounds = sounds_kept(profile, directory)
        if any(text not in sounds for text in texts_of(profile)):
            asyncio.run(_synthesise(profile, sounds))
            for text in texts_of(profile):
                file = _file(directory, profile, text)
                if text in sounds and not file.exists():
                    _write(file, sounds.frames(text))
    return sounds


def sounds_kept(profile: Profile, directory: Path | None) -> Sounds:
    """Return those of the phrases that a process has made already."""
    sounds = Sounds()
    if directory is None:
        return sounds
    for text in texts_of(profile):
        file = _file(directory, profile, text)
        if file.exists():
            sounds.add(text, _read(file))
    return sounds


def texts_of(profile: Profile) -> tuple[str, ...]:
    """Return what is worth making ahead, each text once; what a call fills in is known only then."""
    greetings = [number.greeting for number in profile.numbers.values() if number.greeting][:MOST_GREETINGS]
    compliance = profile.compliance
    disclosures = [compliance.text_of(name) for name in compliance.disclosures]
    opt_out = [compliance.opt_out.confirmed] if compliance.opt_out.honoured else []
    first = [profile.flow.notice, *disclosures, profile.greeting]
    texts = [*first, *greetings, *outage_texts(profile), *opt_out]
    return tuple(dict.fromkeys(filled(text, lambda _: "") for text in texts if text and not is_template(text)))


def outage_texts(profile: Profile) -> tuple[str, ...]:
    """Return what is said when the voice may be what has failed."""
    phrases, outage = profile.phrases, profile.outage
    ends = phrases.call_back if outage.call_back else phrases.trouble
    announced = (phrases.transferring,) if outage.transfer else ()
    return (ends, *announced, *filler_texts(profile)[:MOST_FILLERS], phrases.not_heard)


async def rehearse(profile: Profile) -> None:
    """Make a session that no call gets: what is loaded, compiled and built once per process is there afterwards."""
    rtc.AudioResampler(48_000, 16_000)  # starts livekit's native library
    ChatMessage(role="system", content=[""])  # builds what pydantic checks every message of every call with
    number = example_number(profile.language.rpartition("-")[2])
    read_context({"sip.phoneNumber": number, "sip.trunkPhoneNumber": number})
    providers = make_providers(profile)
    assemble(profile.model_copy(update={"state": None}), providers, clock=CallClock(), stand_by=True)
    hyphenate_word("rehearsal")  # livekit's transcripts would build its table of patterns during the greeting
    async with http_context.open():
        pass  # reads the certificates that the connections of every call's plugins trust, once per process
    await providers.aclose()


def greeting(directory: Path | None) -> None:
    """Tell the other processes that a call is being answered now."""
    if directory is not None:
        (directory / _ANSWERING).touch()


def let_greet(directory: Path | None) -> None:
    """Wait while calls are being answered: a process that loads its models then makes their callers wait. Blocks."""
    for _ in range(round(LONGEST_WAIT_S / GREETING_S)):
        if directory is None or not _recent(directory / _ANSWERING):
            return
        time.sleep(GREETING_S)


def _recent(file: Path) -> bool:
    try:
        return time.time() - file.stat().st_mtime < GREETING_S
    except FileNotFoundError:
        return False


async def _synthesise(profile: Profile, sounds: Sounds) -> None:
    voice = make_voice(profile)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await sounds.prepare(voice, texts_of(profile), profile)
    except (APIError, TimeoutError) as error:
        _log.warning("phrases not made ahead", extra={"profile": profile.name, "error": str(error)})
    finally:
        await voice.aclose()


def _file(directory: Path, profile: Profile, text: str) -> Path:
    spoken = profile.speech.model_dump_json(), read_digits(text, profile.number_reading)
    parts = (profile.providers.tts.model_dump_json(), *spoken)
    return directory / f"{hashlib.sha256('|'.join(parts).encode()).hexdigest()}.wav"


def _read(file: Path) -> rtc.AudioFrame:
    with wave.open(str(file), "rb") as audio:
        count = audio.getnframes()
        return rtc.AudioFrame(audio.readframes(count), audio.getframerate(), audio.getnchannels(), count)


def _write(file: Path, frames: tuple[rtc.AudioFrame, ...]) -> None:
    with whole_file(file) as content, wave.open(content, "wb") as audio:
        audio.setnchannels(frames[0].num_channels)
        audio.setsampwidth(2)
        audio.setframerate(frames[0].sample_rate)
        audio.writeframes(b"".join(bytes(frame.data) for frame in frames))
