import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from pydantic import BaseModel, Field

from callagent.scripted_calls.levels.text.virtual_clock import EPOCH, VirtualLoop
from tests.support.virtual import virtually


class Stamped(BaseModel):
    at: float = Field(default_factory=time.time)


def test_sleeping_takes_no_time() -> None:
    async def body() -> float:
        await asyncio.sleep(3600.0)
        return asyncio.get_running_loop().time()

    began = time.perf_counter()
    assert round(virtually(body), 6) == 3600.0
    assert time.perf_counter() - began < 60


def test_wall_time_follows_the_loop_to_the_microsecond() -> None:
    captured = time.time

    async def body() -> list[float]:
        await asyncio.sleep(12.345)
        return [round(read() - EPOCH, 6) for read in (time.time, captured, lambda: Stamped().at)]

    assert virtually(body) == [12.345] * 3


def test_wall_time_is_the_real_one_again_afterwards() -> None:
    async def body() -> None: ...

    before = time.time()
    virtually(body)
    assert before <= time.time() < before + 60


def test_timers_of_the_same_instant_fire_in_the_order_they_were_made() -> None:
    fired: list[int] = []

    async def body() -> None:
        loop = asyncio.get_running_loop()
        for number in range(100):
            loop.call_at(1.0, fired.append, number)
        await asyncio.sleep(2.0)

    virtually(body)
    assert fired == list(range(100))


def test_the_clock_stands_still_while_a_thread_works() -> None:
    async def body() -> tuple[int, float]:
        asyncio.get_running_loop().call_later(1.0, lambda: None)
        result = await asyncio.to_thread(sum, range(1_000_000))
        return result, asyncio.get_running_loop().time()

    assert virtually(body) == (499_999_500_000, 0.0)


def test_other_threads_can_wake_the_loop() -> None:
    async def body() -> str:
        loop, woken = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
        set_result: Callable[[str], None] = woken.set_result
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(set_result, "woken"))
        thread.start()
        result: str = await woken
        thread.join()
        return result

    assert virtually(body) == "woken"


def test_processes_and_pipes_work_in_virtual_time() -> None:
    async def body() -> bytes:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print('real')", stdout=subprocess.PIPE)
        output, _ = await process.communicate()
        return output

    assert virtually(body).strip() == b"real"


def test_each_loop_begins_at_zero() -> None:
    loop = VirtualLoop()
    assert loop.time() == 0.0
    loop.close()
