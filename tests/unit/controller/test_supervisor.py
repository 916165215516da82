"""Tasks under watch: started in order, restarted when they fail, stopped in reverse."""

import asyncio
import logging

import pytest

from controller.supervisor import Supervisor, finish_first, restart_pause_s


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_task_that_fails_starts_again(caplog: pytest.LogCaptureFixture) -> None:
    runs = 0
    steady = asyncio.Event()

    async def shaky() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise OSError("no")
        steady.set()
        await forever()

    supervisor = Supervisor(pause_s=lambda failures: 0.001)
    supervisor.add("shaky", shaky)
    with caplog.at_level(logging.CRITICAL):
        supervisor.start()
        await asyncio.wait_for(steady.wait(), 5)
    health = supervisor.health()[0]
    assert (health.restarts, health.state, health.error) == (2, "running", "OSError: no")
    await supervisor.stop()
    assert supervisor.health()[0].state == "stopped"


async def test_tasks_are_stopped_in_the_reverse_order() -> None:
    ended: list[str] = []

    def work(name: str) -> "asyncio.Future[None]":
        async def run() -> None:
            try:
                await forever()
            finally:
                ended.append(name)

        return run  # type: ignore[return-value]

    supervisor = Supervisor()
    for name in ("first", "second", "third"):
        supervisor.add(name, work(name))  # type: ignore[arg-type]
    supervisor.start()
    await asyncio.sleep(0)
    await supervisor.stop()
    assert ended == ["third", "second", "first"]


async def test_a_task_that_returns_is_done_and_a_name_is_used_once() -> None:
    supervisor = Supervisor()
    done = asyncio.Event()

    async def short() -> None:
        done.set()

    supervisor.add("short", short)
    with pytest.raises(ValueError, match="short"):
        supervisor.add("short", short)
    supervisor.start()
    await done.wait()
    await asyncio.sleep(0)
    assert supervisor.health()[0].state == "done"
    await supervisor.stop()


def test_pauses_double_up_to_half_a_minute_with_jitter() -> None:
    for failures, longest in ((1, 0.5), (2, 1.0), (5, 8.0), (50, 30.0)):
        pauses = [restart_pause_s(failures) for _ in range(50)]
        assert longest / 2 <= min(pauses) <= max(pauses) <= longest
        assert len(set(pauses)) > 1


@pytest.mark.parametrize(("grace_s", "ends"), [(1.0, True), (0.001, False)])
async def test_an_effect_that_has_begun_may_end_before_the_stop(
    grace_s: float, ends: bool
) -> None:
    ended: list[bool] = []
    begun = asyncio.Event()

    async def effect() -> None:
        begun.set()
        await asyncio.sleep(0.03)
        ended.append(True)

    task = asyncio.create_task(finish_first(effect(), grace_s))
    await begun.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert bool(ended) is ends


async def test_an_effect_hands_on_its_result_and_its_error() -> None:
    async def right() -> int:
        return 7

    async def wrong() -> int:
        raise ValueError("no")

    assert await finish_first(right(), 1.0) == 7
    with pytest.raises(ValueError, match="no"):
        await finish_first(wrong(), 1.0)
