"""How tools are run, in calls at level text: tries, sentences, background, duplicates, and a hundred at once."""

import asyncio
import gc
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import RunContext, llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, APIConnectOptions, NotGivenOr

from callagent.profile import Profile, load_profile
from tests.support.leftovers import leftover_tasks
from tests.support.virtual import virtually
from tests.support.virtual_call import VirtualCall

pytestmark = pytest.mark.text

SHOP = """\
import asyncio
from livekit.agents import Agent, function_tool

log = []

def flaky():
    log.append("try")
    if len(log) < 3:
        raise ConnectionError("the till is away")
    return f"done at try {len(log)}"

async def never():
    log.append("never")
    await asyncio.Event().wait()

def broken():
    raise ValueError("secret")

async def search(context, word):
    log.append("begun")
    try:
        await asyncio.sleep(10)
        await context.update("halfway")
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        log.append("cancelled")
        raise
    log.append("finished")
    return f"found {word}"

async def slowly(context):
    return f"interruptible: {context.speech_handle.allow_interruptions}"

class Other(Agent):
    def __init__(self):
        super().__init__(instructions="You are the other one.")

    async def on_enter(self):
        log.append("other")

async def hand_over():
    return Other(), "handed over"

async def quick(number):
    return f"result {number}"

async def ends_in_some_way(number):
    await asyncio.sleep(300)
    if int(number) % 3 == 0:
        raise RuntimeError(number)
    return "x" * 100_000 if int(number) % 3 == 1 else number
"""


class Obeying(llm.LLM[Any]):
    """A model that makes the calls that the caller says in JSON, [name, arguments] each, and then says the last result.

    Args:
        some: what it calls at "some".
        loops: whether it never says results, but calls again.

    Attributes:
        answered: times that it was asked.
    """

    def __init__(self, some: str = "", *, loops: bool = False) -> None:
        super().__init__()
        self.some = some
        self.loops = loops
        self.answered = 0

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: NotGivenOr[bool] = NOT_GIVEN,
        tool_choice: NotGivenOr[llm.ToolChoice] = NOT_GIVEN,
        extra_kwargs: NotGivenOr[dict[str, Any]] = NOT_GIVEN,
    ) -> llm.LLMStream:
        return _Obedience(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Obedience(llm.LLMStream):
    def __init__(self, model: Obeying, **options: Any) -> None:
        super().__init__(model, **options)
        self._model = model

    async def _run(self) -> None:
        self._model.answered += 1
        items = self.chat_ctx.items
        turns = [(index, item) for index, item in enumerate(items) if item.type == "message" and item.role == "user"]
        asked, text = (turns[-1][0], turns[-1][1].text_content or "") if turns else (-1, "")
        text = self._model.some if text == "some" else text
        results = [item.output for item in items[asked + 1 :] if item.type == "function_call_output"]
        if text.startswith("[") and (self._model.loops or not results):
            calls = [
                llm.FunctionToolCall(
                    name=name, arguments=json.dumps(arguments), call_id=f"call_{self._model.answered}_{index}"
                )
                for index, (name, arguments) in enumerate(json.loads(text))
            ]
            delta = llm.ChoiceDelta(role="assistant", tool_calls=calls)
        else:
            delta = llm.ChoiceDelta(role="assistant", content=results[-1][:200] if results else "I see.")
        self._event_ch.send_nowait(llm.ChatChunk(id="answer", delta=delta))


@pytest.fixture
def shop(tmp_path: Path) -> Callable[[str], Profile]:
    """Makes a profile of tools whose functions are those of SHOP, each test with a module of its own."""
    name = f"shop_{abs(hash(str(tmp_path)))}"
    (tmp_path / f"{name}.py").write_text(SHOP)

    def make(tools: str) -> Profile:
        file = tmp_path / "bakery.yaml"
        head = "extends: locales/en-US\ngreeting: Hello.\nflow: {idle: 10 min, max_duration: 1 h}\ntools:\n"
        file.write_text(head + tools.replace("shop:", f"{name}:"))
        return load_profile(file, env={})

    return make


@pytest.fixture
def silence() -> Iterator[None]:
    """Nothing is logged, because pytest would keep it."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def log_of(profile: Profile) -> list[str]:
    target = next(spec.run for spec in profile.tools.values() if spec.run)
    return list(sys.modules[target.partition(":")[0]].log)


def calls(*names: str | tuple[str, dict[str, Any]]) -> str:
    return json.dumps([(name, {}) if isinstance(name, str) else name for name in names])


def played(profile: Profile, *turns: str | float, model: Obeying | None = None) -> VirtualCall:
    """A call in which the caller says texts, and waits for seconds."""

    async def body() -> VirtualCall:
        async with VirtualCall(profile, llm=model or Obeying()) as call:
            for turn in turns:
                if isinstance(turn, str):
                    await call.say(turn)
                else:
                    await asyncio.sleep(turn)
        return call

    return virtually(body)


def said(call: VirtualCall) -> list[str]:
    """What the agent said after its greeting."""
    return [line.removeprefix("agent: ") for line in call.said if line.startswith("agent: ")][1:]


def test_an_idempotent_tool_is_tried_again(shop: Callable[[str], Profile]) -> None:
    profile = shop("  flaky: {description: F., run: 'shop:flaky', retries: 2, idempotent: true, fillers: []}\n")
    assert said(played(profile, calls("flaky"), 20.0)) == ["done at try 3"]


def test_each_try_has_the_time_of_the_tool(shop: Callable[[str], Profile]) -> None:
    profile = shop(
        "  n: {description: F., run: 'shop:never', timeout: 2 s, retries: 1, idempotent: true, fillers: []}\n"
    )
    assert said(played(profile, calls("n"), 4.0)) == []
    (told,) = said(played(profile, calls("n"), 20.0))
    assert told.startswith("n has given no result within 2 seconds.")
    assert log_of(profile).count("never") == 4  # two in each call


@pytest.mark.parametrize("name", ["broken", "never"])
def test_the_caller_hears_the_tools_own_sentence_and_the_model_knows(shop: Callable[[str], Profile], name: str) -> None:
    tool = f"{{description: F., run: 'shop:{name}', timeout: 2 s, on_error: The till is away., fillers: []}}"
    model = Obeying()
    call = played(shop(f"  {name}: {tool}\n"), calls(name), 20.0, "And now?", 20.0, model=model)
    assert said(call) == ["The till is away.", "I see."]
    outputs = [item for item in call.call.session.history.items if item.type == "function_call_output"]
    assert 'The caller has been told: "The till is away."' in outputs[0].output
    assert "secret" not in outputs[0].output


SEARCH = "  search: {description: S., run: 'shop:search', parameters: {word: {}}, timeout: 1 min, %s}\n"
FILLERS = "fillers: {say: [One moment.], delay: 1 s, interval: 8 s, most: 1}"


def test_the_caller_talks_on_while_a_tool_runs_in_the_background(shop: Callable[[str], Profile]) -> None:
    profile = shop(SEARCH % f"background: true, {FILLERS}")
    call = played(profile, calls(("search", {"word": "rye"})), 4.0, "Are you open?", 30.0)
    assert said(call)[:2] == ["One moment.", "I see."]
    assert any("halfway" in line for line in said(call))
    assert said(call)[-1] == "found rye"


def test_without_fillers_the_model_says_that_it_has_begun(shop: Callable[[str], Profile]) -> None:
    profile = shop(SEARCH % "background: true, fillers: []")
    first, *_, last = said(played(profile, calls(("search", {"word": "rye"})), 30.0))
    assert first.startswith("search has begun and goes on while you talk")
    assert last == "found rye"


def test_a_tool_in_the_background_survives_a_hand_over(shop: Callable[[str], Profile]) -> None:
    hand_over = "  hand_over: {description: H., run: 'shop:hand_over'}\n"
    profile = shop(SEARCH % f"background: true, {FILLERS}" + hand_over)
    call = played(profile, calls(("search", {"word": "rye"})), 3.0, calls("hand_over"), 30.0)
    assert "other" in log_of(profile)
    assert "finished" in log_of(profile)
    assert said(call)[-1] == "found rye"


def test_the_model_cancels_what_runs_in_the_background(shop: Callable[[str], Profile]) -> None:
    profile = shop(SEARCH % f"background: true, {FILLERS}")
    cancel = ("lk_agents_cancel_task", {"call_id": "call_1_0"})
    call = played(profile, calls(("search", {"word": "rye"})), 4.0, calls(cancel), 30.0)
    assert log_of(profile) == ["begun", "cancelled"]
    assert "Task call_1_0 cancelled successfully." in said(call)


@pytest.mark.parametrize(("interruptible", "end"), [("true", "cancelled"), ("false", "finished")])
def test_the_end_of_a_call_cancels_it_unless_it_must_not_be(
    shop: Callable[[str], Profile], interruptible: str, end: str
) -> None:
    profile = shop(SEARCH % f"background: true, interruptible: {interruptible}, {FILLERS}")
    played(profile, calls(("search", {"word": "rye"})), 4.0)
    assert log_of(profile) == ["begun", end]


@pytest.mark.parametrize(
    ("mode", "begun", "told"),
    [
        ("allow", 2, None),
        ("reject", 1, "Same tool `search` is already running"),
        ("replace", 2, None),
        ("confirm", 1, "Re-call with confirm duplicate True"),
    ],
)
def test_a_second_call_is_allowed_refused_confirmed_or_takes_the_place_of_the_first(
    shop: Callable[[str], Profile], mode: str, begun: int, told: str | None
) -> None:
    profile = shop(SEARCH % f"background: true, on_duplicate: {mode}, {FILLERS}")
    call = played(profile, calls(("search", {"word": "rye"})), 4.0, calls(("search", {"word": "oat"})), 40.0)
    outputs = [item.output for item in call.call.session.history.items if item.type == "function_call_output"]
    assert log_of(profile).count("begun") == begun
    assert log_of(profile).count("cancelled") == (mode == "replace")
    assert told is None or any(told in output for output in outputs)


def test_a_confirmed_duplicate_runs(shop: Callable[[str], Profile]) -> None:
    profile = shop(SEARCH % f"background: true, on_duplicate: confirm, {FILLERS}")
    again = ("search", {"word": "oat", "lk_agents_confirm_duplicate": True})
    played(profile, calls(("search", {"word": "rye"})), 4.0, calls(again), 40.0)
    assert log_of(profile) == ["begun", "begun", "finished", "finished"]


@pytest.mark.parametrize("interruptible", [True, False])
def test_a_caller_who_talks_stops_a_tool_only_where_that_is_allowed(
    shop: Callable[[str], Profile], interruptible: bool
) -> None:
    spec = f"interruptible: {str(interruptible).lower()}"
    profile = shop(f"  slowly: {{description: S., run: 'shop:slowly', fillers: [], {spec}}}\n")

    assert said(played(profile, calls("slowly"), 5.0)) == [f"interruptible: {interruptible}"]


def test_a_model_that_calls_what_is_not_there_is_told_what_there_is(shop: Callable[[str], Profile]) -> None:
    profile = shop("  quick: {description: Q., run: 'shop:quick', parameters: {number: {}}}\n")
    call = played(profile, calls("quik"), 10.0, "Hello?", 10.0)
    assert said(call) == ["Unknown function: quik - available tools: quick", "I see."]


def test_a_model_that_loops_is_stopped_and_the_call_goes_on(shop: Callable[[str], Profile]) -> None:
    profile = shop("  quick: {description: Q., run: 'shop:quick', parameters: {number: {}}, fillers: []}\n")
    model = Obeying(loops=True)
    call = played(profile, calls(("quick", {"number": "1"})), 60.0, "Hello?", 10.0, model=model)
    assert model.answered < 10
    assert said(call)[-1] == "I see."


def kept() -> int:
    """How many tasks, contexts and results there are in memory."""
    gc.collect()
    kinds = (RunContext, llm.FunctionCallOutput, asyncio.Task)
    return sum(isinstance(one, kinds) for one in gc.get_objects())


def test_a_hundred_at_once_leave_no_task_and_no_memory_behind(shop: Callable[[str], Profile], silence: None) -> None:
    settings = "parameters: {number: {}}, fillers: [], timeout: 10 min, background: true"
    profile = shop(f"  ends: {{description: Q., run: 'shop:ends_in_some_way', {settings}}}\n")
    some = calls(*(("ends", {"number": str(index)}) for index in range(25)))

    async def body() -> tuple[list[str], int, int]:
        async with VirtualCall(profile, llm=Obeying(some)) as call:
            await call.say("Hello.")
            await asyncio.sleep(5.0)
            before = len(asyncio.all_tasks())
            for _ in range(4):  # a model's answer may call 32 tools
                await call.say("some")
                await asyncio.sleep(1.0)
            running = len([task for task in asyncio.all_tasks() if task.get_name().startswith("tool ")])
            await asyncio.sleep(1_000.0)
            after = len(asyncio.all_tasks()) - before
        return leftover_tasks(), running, after

    before = kept()
    assert virtually(body) == ([], 100, 0)
    assert kept() <= before
    assert [thread for thread in threading.enumerate() if thread.name.startswith("tool ")] == []
