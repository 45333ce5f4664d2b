"""Whatever comes from outside: nothing but the named errors, no record lost, and no input that holds the event loop.

A short form runs with the tests; `scripts/fuzz --examples 100000` runs a long one. The seeds are fixed.
"""

import csv
import gc
import io
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callagent.agent.number_reading import read_digits
from callagent.cli.logs import LineFormatter
from callagent.journal import ToolCalled, TurnAdded
from callagent.journal.call_record import CallRecord
from callagent.phrases import SlowExpressionError, find
from callagent.profile import NumberReading, Profile, load_profile
from callagent.sanitise import masked
from callagent.sanitise.terminal import is_printable
from callagent.telephony.context import read_context
from callagent.telephony.outbound.campaign.list_file import Reading, read_list
from callagent.turns.config import GateConfig
from callagent.turns.gate.agent_speech import AgentSpeech
from callagent.yaml_config import ConfigError, parse_yaml, validate
from tests.support.hostile import HALVES, VALUES

EXAMPLES = max(10, int(os.environ.get("CALLAGENT_FUZZ_EXAMPLES", "560")) // 7)
"""For each of the seven tests."""

LONGEST_S = 0.1
"""Seconds of processor time for one input, on the event loop."""

fuzzed: Callable[[Any], Any] = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),  # explaining a failure traces every line, which takes time
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
pytestmark = [
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
    pytest.mark.timeout(60 + EXAMPLES),
    pytest.mark.blocks_loop(reason="there is none"),
]

WORDS = st.sampled_from(
    (
        *("stop", "uh-huh", "okay", "Hm?", "call 2025550112", "+1 (202) 555-0112", "code 7QP2", "a@b.c", "www."),
        *("。", "はい", "営業", "ठीक है", "\u200d", "\ufdfa", "\u0301", "\x1b[2J", "\r\n", "\0", "''", "...", "?!"),
        *(
            "sip.phoneNumber",
            "profiles",
            '{"a":',
            "${LIVEKIT_URL}",
            "=cmd|' /C calc'!A0",
            "https://h/?key=s",
            "(",
            "12,",
        ),
    )
)
TEXTS = st.text(max_size=300) | HALVES | st.lists(WORDS | st.text(max_size=5), max_size=60).map("".join)
LONG = st.builds(lambda text, times: (text * times)[:20_000], TEXTS, st.integers(1, 5_000))
NAMES = st.sampled_from(
    ("sip.phoneNumber", "sip.trunkPhoneNumber", "sip.h.x-a", "sip.callID", "callagent.home", "lk.pii.x", "note")
)
JSON = st.dictionaries(
    st.sampled_from(("direction", "profiles", "caller", "phone_number", "context")) | TEXTS,
    st.recursive(
        TEXTS | st.none() | st.floats() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
    ),
)
PROFILE_KEYS = st.sampled_from(
    (*Profile.model_fields, "use", "base_url", "api_key", "when", "say", "call", "run", "parameters", "soft_acks")
)
PROFILE_VALUES = st.recursive(
    TEXTS
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(("/(a+)+$/", "/(/", "5 s", "off")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PROFILE_KEYS | TEXTS, inner, max_size=4),
    max_leaves=12,
)


@cache
def gate(locale: str) -> GateConfig:
    return GateConfig.from_profile(load_profile(locale, env={}))


@cache
def reading() -> NumberReading:
    found = load_profile("en-US", env={}).number_reading
    read_digits("call +12025550112, 112, 555 0112.", found)
    read_context({"sip.phoneNumber": "+12025550112", "sip.trunkPhoneNumber": "030 123456", "callagent.home": "DE"})
    return found


@contextmanager
def quickly() -> Iterator[None]:
    """Fails when what is inside takes longer than an input may."""
    reading()
    gc.disable()  # a collection is due to all inputs before this one
    try:
        began = time.process_time()
        yield
        took = time.process_time() - began
    finally:
        gc.enable()
    assert took < LONGEST_S, f"{took:.3f} s"


@fuzzed
@given(TEXTS | LONG | JSON.map(json.dumps))
def test_metadata(metadata: str) -> None:
    with quickly():
        read_context({}, metadata)


@fuzzed
@given(st.dictionaries(NAMES | TEXTS, TEXTS | LONG, max_size=80), TEXTS, st.booleans())
def test_attributes_and_headers(attributes: dict[str, str], identity: str, is_phone: bool) -> None:
    with quickly():
        read_context(attributes, identity=identity, is_phone=is_phone)


@fuzzed
@given(TEXTS | LONG, st.sampled_from(("en-US", "ja-JP", "hi-IN", "de-DE")))
def test_transcripts_and_what_the_agent_says(text: str, locale: str) -> None:
    config = gate(locale)
    with quickly():
        config.lexicon.match(text, final=True)
    speech = AgentSpeech(config.questions)
    speech.sounding(0.0)
    with quickly():
        speech.add(0.0, text)
        speech.question_by(1e6)
        speech.echoes(text[:1_000], 1.0)
    with quickly():
        read_digits(text[:8_000], reading())


@fuzzed
@given(st.text(max_size=60), TEXTS | LONG)
def test_expressions(expression: str, text: str) -> None:
    with quickly(), suppress(ValueError, SlowExpressionError):
        find(f"/{expression}/", text)


@fuzzed
@given(VALUES, TEXTS | LONG)
def test_tool_arguments_and_turns_in_records_and_logs(tmp_path: Path, value: Any, text: str) -> None:
    record = CallRecord("job", "room", started=0.0)
    record.log.add(ToolCalled(1.0, text, value))
    record.log.add(TurnAdded(2.0, "user", text))
    with quickly():
        path = record.write(tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["call"] == "job"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    fields = {"pii_heard": text, "value": value, "url": masked(text)}
    line = logging.makeLogRecord({"name": "callagent.a", "msg": text, **fields})
    with quickly():
        shown = LineFormatter().format(line)
    assert "\x1b" not in shown


@fuzzed
@given(st.lists(st.lists(TEXTS, min_size=1, max_size=5), max_size=8), st.sampled_from(("utf-8", "utf-16", "latin-1")))
def test_list_rows(tmp_path: Path, rows: list[list[str]], encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["phone", "name"], *rows])
    path = tmp_path / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding, "replace"))
    try:
        found = read_list(path, Reading(region="US", skip_invalid=True))
    except ConfigError as error:
        assert all(map(is_printable, str(error).split("\n")))
    else:
        assert found.rows


@fuzzed
@given(st.dictionaries(PROFILE_KEYS | TEXTS, PROFILE_VALUES, max_size=6), TEXTS)
def test_profile_texts(data: dict[str, Any], raw: str) -> None:
    for text in (json.dumps(data), raw):
        try:
            validate(Profile, parse_yaml(text, "x.yaml"))
        except ConfigError as error:
            assert all(map(is_printable, str(error).split("\n")))
