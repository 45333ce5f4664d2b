"""What of a room reaches the session of a call."""

from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc

from callagent.agent.dtmf.keys import KEYS, Keypad
from callagent.worker.call.entrypoint import _key_received
from callagent.worker.call.room_io import start
from tests.support.virtual_call import a_profile


class Call:
    def __init__(self) -> None:
        self.options: dict[str, Any] = {}

    async def start(self, **options: Any) -> None:
        self.options = options


@pytest.mark.parametrize("dev", [False, True])
async def test_nobody_in_the_room_drives_the_session_or_types_to_it(dev: bool) -> None:
    call: Any = Call()
    await start(call, rtc.Room(), a_profile(), "caller", dev=dev)
    assert call.options["session_host"] is dev
    assert call.options["room_options"].get_text_input_options() is None


def keyed(digit: str, code: int = 5, sender: str | None = "caller") -> str:
    pressed: list[str] = []
    keypad = Keypad()
    keypad.watch(pressed.append)
    call: Any = SimpleNamespace(keypad=keypad)
    participant: Any = None if sender is None else SimpleNamespace(identity=sender)
    _key_received(call, "caller", rtc.SipDTMF(code, digit, participant))
    return "".join(pressed)


@pytest.mark.parametrize("digit", ["", " ", "x", "12", "1\n", "\u0661", "\ud83d", "#" * 100_000, "ß", "flash", "\0"])
@pytest.mark.parametrize("code", [5, 16, 2**32 - 1])
def test_what_is_no_key_is_ignored(digit: str, code: int) -> None:
    assert keyed(digit, code) == ""


def test_keys_of_the_caller_count_and_of_nobody_else() -> None:
    assert "".join(keyed(key) for key in sorted(KEYS)) == "".join(sorted(KEYS))
    assert keyed("a") == "A"
    assert keyed("5", sender=None) == "5"
    assert keyed("5", sender="somebody") == ""
