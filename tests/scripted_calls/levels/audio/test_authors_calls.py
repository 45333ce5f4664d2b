"""Agents of an author's own, over the simulated line with the local speech models, in real time."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from callagent.audio import SAMPLE_RATE, Samples, read_stereo
from callagent.scripted_calls import FinishedCall, load_call, make_level, run_calls
from tests.support import customer_server, quiet_providers
from tests.support.loopback import LOOPBACK, Reply, serving_in_a_thread
from tests.support.patience import patient
from tests.support.scripted import failed

CALLS = Path(__file__).parents[1] / "own_agents"
TOGETHER = [
    ("talk-while-a-tool-runs", "sounds", "state-and-notes"),
    ("stop-after-hand-over", "collect", "mocked-tool"),
    ("own-voice", "push-to-talk"),
    ("http-tool", "mcp-tool"),
]
"""Calls about as long as each other, made side by side."""

pytestmark = [
    pytest.mark.audio,
    pytest.mark.local_models,
    pytest.mark.blocks_loop(
        reason="the models' threads share cores and GIL with the loop: a callback's length says nothing"
    ),
]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    """The settings that tell where the web server and the program of the tools are."""

    def prices(request: BaseHTTPRequestHandler) -> Reply:
        price = "five dollars" if request.path == "/prices/rye" else "unknown"
        return Reply(200, json.dumps({"price": {"text": price}}).encode())

    with serving_in_a_thread(prices) as port:
        http = {"get": f"http://{LOOPBACK}:{port}/prices/{{item}}", "result": "price.text"}
        price = {"description": "Look up a price.", "parameters": {"item": {}}, "http": http}
        customers = {"command": [sys.executable, customer_server.__file__], "allowed": ["find_customer"]}
        yield f"tools.price={json.dumps(price)}", f"mcp.customers={json.dumps(customers | {'connect_timeout': '30 s'})}"


def made(names: tuple[str, ...], *sets: str) -> list[FinishedCall]:
    runs = [patient(load_call(CALLS / f"{name}.yaml"), *sets) for name in names]
    return [*run_calls(make_level("audio"), runs, at_once=len(runs))]


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_an_authors_agent_is_heard(names: tuple[str, ...], servers: tuple[str, str], tmp_path: Path) -> None:
    finished = made(names, *(servers if "mcp-tool" in names else ()))
    assert [failed(each.result) for each in finished] == [[]] * len(names), "\n".join(
        str(entry) for each in finished for entry in each.result.log
    )
    if "own-voice" in names:
        first, *_, last = spoken(finished[names.index("own-voice")], tmp_path)
        assert (pitch(last), pitch(first) != pitch(last)) == (quiet_providers.PITCH_HZ, True)


def spoken(call: FinishedCall, directory: Path) -> list[Samples]:
    """What the caller heard of each speech of the agent's."""
    assert call.stage.save_recording(directory / "call.wav")
    _, heard = read_stereo(directory / "call.wav")
    spans = call.stage.timeline.agent
    return [heard[round(span.start * SAMPLE_RATE) : round(span.end * SAMPLE_RATE)] for span in spans]


def pitch(audio: Samples) -> int:
    """The loudest frequency, to 10 Hz."""
    spectrum = np.abs(np.fft.rfft(audio))
    return round(float(np.argmax(spectrum)) * SAMPLE_RATE / audio.size / 10) * 10
