"""The next calls are rendered ahead: the lines' heads, for the counters that may call them."""

from pathlib import Path

from controller.domain.commands import CallNext
from controller.domain.hall_commands import PauseCounter
from controller.domain.rules import CounterRule
from controller.reactors.loudspeaker import Loudspeaker, Sayable, Words
from controller.reactors.rehearsing import MOST_CLIPS, NextCall, Rehearsing, next_calls
from devices.voice import Clip
from tests.fixtures.core import RULES
from tests.fixtures.reacting import ReactingHall, eventually, reacting
from tests.integration.test_announcing import FakePlayer


class NotingVoice:
    """Notes what it renders, in its order; `full` makes it raise as a full disk would."""

    def __init__(self) -> None:
        self.rendered: list[str] = []
        self.full = False

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        self.rendered.append(spoken)
        if self.full:
            raise OSError("no space left")
        return Clip(Path("x.wav"), 1.0, "cmn", text, times)


def word(call: Sayable) -> Words:
    return Words("", f"{call.number}>{call.counter}")


async def start(hall: ReactingHall, area: str = "main") -> NotingVoice:
    voice = NotingVoice()
    speaker = Loudspeaker("speaker:main", area, NotingVoice(), FakePlayer(), word)
    await hall.run(Rehearsing(speaker, voice, hall.ground).run)
    return voice


async def test_the_first_in_line_are_rendered_for_each_counter_that_may_call_them(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        voice = await start(hall)
        await hall.issue("a1", "A")
        await hall.issue("b1", "B")
        # Counters 1 and 2 take A and B, counter 3 takes B alone.
        expected = ["A001>1", "A001>2", "B001>1", "B001>2", "B001>3"]
        await eventually(lambda: sorted(set(voice.rendered)) == expected, lambda: voice.rendered)
        assert len(voice.rendered) == len(expected)  # none of them twice


async def test_as_many_are_ready_as_twice_the_open_counters(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        for number in range(12):
            await hall.issue(f"a{number}", "A")
        state, now = hall.writer.state, hall.clock.now()
        calls = list(next_calls(state, "main", now))
        assert {call.number for call in calls} == {f"A00{n}" for n in range(1, 7)}
        assert calls[:3] == [NextCall("A001", 1), NextCall("A001", 2), NextCall("A002", 1)]
        await hall.do(PauseCounter(2, "meal"))
        await hall.do(PauseCounter(3, "rest"))
        calls = list(next_calls(state := hall.writer.state, "main", now))
        assert calls == [NextCall("A001", 1), NextCall("A002", 1)]
        assert list(next_calls(state, "elsewhere", now)) == []


async def test_who_moves_up_is_rendered_after_a_call(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(counters={1: CounterRule(1, "main", ("A",))})
        for number in range(4):
            await hall.issue(f"a{number}", "A")
        voice = await start(hall)
        await eventually(lambda: voice.rendered == ["A001>1", "A002>1"])
        await hall.do(CallNext(1))
        await eventually(lambda: voice.rendered == ["A001>1", "A002>1", "A003>1"])


async def test_a_full_disk_stops_the_haste_and_nothing_else(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        voice = await start(hall)
        voice.full = True
        await hall.issue("a1", "A")
        await eventually(lambda: len(voice.rendered) == 1)
        await hall.do(CallNext(1))
        assert len(voice.rendered) == 1


async def test_the_clips_are_bounded_in_a_large_hall(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(
            counters={no: CounterRule(no, "main", ("A", "B")) for no in range(1, 17)},
            services=RULES.services,
        )
        for number in range(40):
            await hall.issue(f"a{number}", "A")
        assert len(list(next_calls(hall.writer.state, "main", hall.clock.now()))) == 16 * 32
        voice = await start(hall)
        await eventually(lambda: len(voice.rendered) >= MOST_CLIPS)
        await hall.issue("last", "B")
        assert len(voice.rendered) == MOST_CLIPS
        assert voice.rendered[:2] == ["A001>1", "A001>2"]
