"""The voice once: one announcement at a time, and never in the way of a call."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

from controller.domain.commands import (
    CallNext,
    FinishServing,
    RecallTicket,
    TransferTicket,
    UndoStep,
)
from controller.domain.events import AnnouncementDropped, AnnouncementStarted, VoiceEvent
from controller.domain.rules import CounterRule
from controller.reactors.announcing import Announcing, Pace
from controller.reactors.loudspeaker import Loudspeaker, Manner, Sayable, Words
from devices.player import NotPlayedError, PlayerError
from devices.spare_clips import SpareClips
from devices.voice import Clip
from tests.fixtures.reacting import ReactingHall, eventually, reacting


class FakeVoice:
    """Renders at once; `fails` makes it raise as a full disk would."""

    def __init__(self) -> None:
        self.fails = False

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        if self.fails:
            raise OSError("no space left")
        return Clip(Path(f"/voice/{spoken}.wav"), 0.02, "cmn-latn-pinyin", text, times)


QUICK = Pace(lost_s=0.02, wanted_s=0.01, idle_s=0.03, again_s=0.01, longest_s=0.02)
UNASKED = replace(QUICK, idle_s=60.0, wanted_s=0.3)
"""Only a call finds out that the loudspeaker is gone, and it is not tried again at once."""
CHIME = Clip(Path("/voice/chime.wav"), 0.01, "chime", "叮咚")


class FakePlayer:
    """Notes what it plays; `quiet` holds a clip in the middle.

    `broken` breaks off, `gone` refuses everything, `refuses` the clips of these texts.
    """

    def __init__(self) -> None:
        self.played: list[str] = []
        self.playing = 0
        self.most_at_once = 0
        self.broken = False
        self.gone = False
        self.refuses: tuple[str, ...] = ()
        self.quiet = asyncio.Event()
        self.quiet.set()

    async def play(self, clip: Clip) -> None:
        if self.broken:
            raise PlayerError("gone")
        if self.gone or clip.text in self.refuses:
            raise NotPlayedError("refused")
        self.played.append(clip.text)
        self.playing += 1
        self.most_at_once = max(self.most_at_once, self.playing)
        await self.quiet.wait()
        await asyncio.sleep(0.001)
        self.playing -= 1

    async def prove(self, silence: Clip | None) -> None:
        if self.gone:
            raise NotPlayedError("nothing there")


def word(call: Sayable) -> Words:
    return Words(f"{call.number} {call.counter}", f"say {call.number} {call.call}")


async def start(
    hall: ReactingHall, player: FakePlayer, voice: FakeVoice | None = None, pace: Pace = QUICK
) -> "asyncio.Task[None]":
    speaker = Loudspeaker(
        "speaker:main", "main", voice or FakeVoice(), player, word, spares=SpareClips(chime=CHIME)
    )
    place = hall.ground.place("voice:main")
    return await hall.run(Announcing(speaker, place, hall.ground, pace).run)


async def test_a_call_is_started_with_its_clip_and_ended(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        await start(hall, player)
        await hall.issue("t1")
        await hall.do(CallNext(2))
        rows = await hall.until("AnnouncementStarted", "AnnouncementEnded")
        assert player.played == ["say A001 1"]
        event = rows[-2].event
        assert isinstance(event, AnnouncementStarted)
        called = next(row for row in rows if row.type == "TicketCalled")
        assert event.announcement == f"t1-{called.seq}"
        assert event.detail == {
            "number": "A001",
            "text": "A001 2",
            "spoken": "say A001 1",
            "wav": "say A001 1.wav",
            "seconds": 0.02,
            "voice": "cmn-latn-pinyin",
            "times": 1,
        }


async def test_two_calls_of_an_area_never_overlap(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        await start(hall, player)
        for name in ("t1", "t2"):
            await hall.issue(name)
        await asyncio.gather(hall.do(CallNext(1)), hall.do(CallNext(2)))
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 2)
        assert player.played == ["say A001 1", "say A002 1"]
        assert player.most_at_once == 1


async def test_a_recall_joins_a_waiting_call_and_follows_one_that_sounds(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.quiet.clear()
        await start(hall, player)
        for name in ("t1", "t2"):
            await hall.issue(name)
        await hall.do(CallNext(1))
        await eventually(lambda: player.playing == 1)
        await hall.do(RecallTicket(1))  # the first call sounds: said again
        await hall.do(CallNext(2))
        await hall.do(RecallTicket(2))  # its call still waits: merged
        player.quiet.set()
        await eventually(lambda: player.played == ["say A001 1", "say A001 2", "say A002 1"])
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 3)
        dropped = [row.event for row in hall.log() if isinstance(row.event, AnnouncementDropped)]
        recalled = [row for row in hall.log() if row.type == "TicketRecalled"][-1]
        assert [(event.announcement, event.detail["reason"]) for event in dropped] == [
            (f"t2-{recalled.seq}", "merged")
        ]


async def test_a_call_is_dropped_when_its_ticket_is_no_longer_called(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.quiet.clear()
        await start(hall, player)
        for name in ("t1", "t2"):
            await hall.issue(name)
        await hall.do(CallNext(1))
        await eventually(lambda: player.playing == 1)
        await hall.do(CallNext(2))
        await hall.do(FinishServing(2))
        player.quiet.set()
        await eventually(lambda: "AnnouncementDropped" in hall.names())
        assert player.played == ["say A001 1"]


async def test_a_started_announcement_is_unknown_after_a_restart_and_not_said_again(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.quiet.clear()
        task = await start(hall, player)
        for name in ("t1", "t2"):
            await hall.issue(name)
        await hall.do(CallNext(1))
        await eventually(lambda: player.playing == 1)
        await hall.do(CallNext(2))
        task.cancel()
    async with reacting(tmp_path, "second") as hall:
        player = FakePlayer()
        await start(hall, player)
        rows = await hall.until("AnnouncementStarted", "AnnouncementEnded")
        assert player.played == ["say A002 1"]
        kinds = Counter(
            (row.event.ticket, row.type) for row in rows if isinstance(row.event, VoiceEvent)
        )
        assert kinds[("t1", "AnnouncementUnknown")] == 1
        assert kinds[("t2", "AnnouncementStarted")] == 1


async def test_a_silent_loudspeaker_stops_no_call_and_is_told_as_lost(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.broken = True
        await hall.run(hall.supervising.run)
        await start(hall, player)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await eventually(lambda: "DeviceLost" in hall.names())
        await eventually(lambda: "AnnouncementUnknown" in hall.names())
        await hall.do(FinishServing(1))
        player.broken = False
        await hall.issue("t2")
        await hall.do(CallNext(1))
        await eventually(lambda: "DeviceBack" in hall.names())
        await eventually(lambda: player.played == ["say A002 1"])


async def test_without_a_voice_the_chime_is_heard(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        voice, player = FakeVoice(), FakePlayer()
        voice.fails = True
        await start(hall, player, voice)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        rows = await hall.until("AnnouncementStarted", "AnnouncementEnded")
        assert player.played == ["叮咚"]
        event = rows[-2].event
        assert isinstance(event, AnnouncementStarted)
        assert (event.detail["text"], event.detail["voice"]) == ("A001 1", "chime")
        assert hall.supervising.states[2].detail == "chime-only"


async def test_without_voice_and_chime_the_call_waits_for_them(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        voice, player = FakeVoice(), FakePlayer()
        voice.fails = True
        speaker = Loudspeaker("speaker:main", "main", voice, player, word)
        place = hall.ground.place("voice:main")
        await hall.run(Announcing(speaker, place, hall.ground, QUICK).run)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await eventually(lambda: hall.supervising.states[2].last_error == "no-voice")
        voice.fails = False
        await hall.until("TicketCalled", "AnnouncementStarted", "AnnouncementEnded")
        assert player.played == ["say A001 1"]


async def test_a_call_that_was_refused_is_said_when_the_loudspeaker_is_back(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        await hall.run(hall.supervising.run)
        await start(hall, player, pace=UNASKED)
        await eventually(lambda: hall.supervising.is_working("speaker:main"))
        for name in ("t1", "t2"):
            await hall.issue(name)
        player.gone = True
        await hall.do(CallNext(1))
        await hall.do(CallNext(2))
        await eventually(lambda: "AnnouncementDeferred" in hall.names())
        await eventually(lambda: "DeviceLost" in hall.names())
        await hall.do(FinishServing(2))
        player.gone = False
        await eventually(lambda: "AnnouncementEnded" in hall.names(), hall.names)
        await eventually(lambda: "AnnouncementDropped" in hall.names(), hall.names)
        assert player.played == ["say A001 1"]
        first = [row.event for row in hall.log() if isinstance(row.event, VoiceEvent)]
        steps = [type(event).__name__ for event in first if event.ticket == "t1"]
        assert steps[:2] == ["AnnouncementStarted", "AnnouncementDeferred"]
        assert steps[-2:] == ["AnnouncementStarted", "AnnouncementEnded"]
        await eventually(lambda: "DeviceBack" in hall.names())


async def test_a_deferred_call_is_said_after_a_restart(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.gone = True
        await start(hall, player, pace=UNASKED)
        await hall.issue("t1")
        await eventually(lambda: hall.supervising.states[2].state == "lost")
        player.gone, player.refuses = False, ("say A001 1",)
        await hall.do(CallNext(1))
        await eventually(lambda: "AnnouncementDeferred" in hall.names())
        player.gone = True
        await eventually(lambda: hall.names()[-1] == "AnnouncementDeferred")
    async with reacting(tmp_path, "second") as hall:
        player = FakePlayer()
        await start(hall, player)
        await hall.until("AnnouncementDeferred", "AnnouncementStarted", "AnnouncementEnded")
        assert len(player.played) == 1


async def test_a_clip_that_cannot_be_played_gives_way_to_the_chime_and_holds_up_nobody(
    tmp_path: Path,
) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.refuses = ("say A001 1",)
        await start(hall, player)
        for name in ("t1", "t2"):
            await hall.issue(name)
        await hall.do(CallNext(1))
        await hall.do(CallNext(2))
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 2, hall.names)
        assert sorted(player.played) == ["say A002 1", "叮咚"]


async def test_a_lost_loudspeaker_is_noticed_and_found_without_a_call(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        await hall.run(hall.supervising.run)
        await start(hall, player)
        await eventually(lambda: hall.supervising.is_working("speaker:main"))
        player.gone = True
        await eventually(lambda: hall.names() == ["DeviceLost"], hall.names)
        player.gone = False
        await eventually(lambda: hall.names() == ["DeviceLost", "DeviceBack"], hall.names)
        assert player.played == []


async def test_a_long_backlog_is_no_outage(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.quiet.clear()
        await start(hall, player)
        for name in ("t1", "t2"):
            await hall.issue(name)
        await hall.do(CallNext(1))
        await eventually(lambda: player.playing == 1)
        await hall.do(CallNext(2))
        hall.time.pass_s(3600)
        player.quiet.set()
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 2, hall.names)
        assert player.played == ["say A001 1", "say A002 1"]


async def test_another_area_is_not_spoken_here(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        speaker = Loudspeaker("speaker:main", "upstairs", FakeVoice(), player, word)
        place = hall.ground.place("voice:upstairs")
        await hall.run(Announcing(speaker, place, hall.ground).run)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await eventually(lambda: place.seen == hall.feed.seq)
        assert player.played == []


async def test_a_ticket_that_waited_again_has_a_first_call_again(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        await start(hall, player)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await hall.until("AnnouncementStarted", "AnnouncementEnded")
        await hall.do(UndoStep(1))
        await hall.do(CallNext(2))
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 2, hall.names)
        await hall.do(TransferTicket(2, "counter:1"))
        await hall.do(CallNext(1))
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 3, hall.names)
        assert player.played == ["say A001 1"] * 3


async def test_the_call_of_another_counter_is_not_said_after_a_transfer(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.quiet.clear()
        await start(hall, player)
        await hall.issue("t1")
        await hall.issue("t2")
        await hall.do(CallNext(1))
        await eventually(lambda: player.playing == 1)
        await hall.do(CallNext(2))
        await hall.do(TransferTicket(2, "counter:3"))
        await hall.do(CallNext(3))
        player.quiet.set()
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 2, hall.names)
        dropped = [row.event for row in hall.log() if row.type == "AnnouncementDropped"]
        assert [(e.counter, e.detail["reason"]) for e in dropped] == [(2, "not-called")]  # type: ignore[attr-defined]


async def test_nothing_old_is_said_after_an_outage(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.issue("t1")
        await hall.cursors.begin(hall.feed.seq)
        player = FakePlayer()
        reactor = Announcing(
            Loudspeaker("speaker:main", "main", FakeVoice(), player, word),
            hall.ground.place("voice:main"),
            hall.ground,
        )
        await hall.cursors.begin(hall.feed.seq)
        await hall.do(CallNext(2))
        hall.time.pass_s(601)
        await hall.run(reactor.run)
        rows = await hall.until("AnnouncementDropped")
        assert rows[-1].event.detail["reason"] == "outage"  # type: ignore[attr-defined]
        assert player.played == []


async def test_two_areas_speak_side_by_side_and_never_two_voices_in_one(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        await hall.adopt(
            counters={
                1: CounterRule(1, "main", ("A", "B")),
                2: CounterRule(2, "main", ("A", "B")),
                3: CounterRule(3, "upstairs", ("A", "B")),
            }
        )
        players = {area: FakePlayer() for area in ("main", "upstairs")}
        for area, player in players.items():
            player.quiet.clear()
            speaker = Loudspeaker("speaker:main", area, FakeVoice(), player, word)
            place = hall.ground.place(f"voice:{area}")
            await hall.run(Announcing(speaker, place, hall.ground).run)
        for name in ("t1", "t2", "t3"):
            await hall.issue(name)
        for counter in (1, 2, 3):
            await hall.do(CallNext(counter))
        await eventually(lambda: [p.playing for p in players.values()] == [1, 1])
        for player in players.values():
            player.quiet.set()
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 3)
        assert players["main"].played == ["say A001 1", "say A002 1"]
        assert players["upstairs"].played == ["say A003 1"]
        assert [player.most_at_once for player in players.values()] == [1, 1]


async def test_the_proof_of_the_sound_never_falls_into_a_call(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        player = FakePlayer()
        player.quiet.clear()
        speaker = Loudspeaker("speaker:main", "main", FakeVoice(), player, word)
        await hall.run(Announcing(speaker, hall.ground.place("voice:main"), hall.ground).run)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await eventually(lambda: player.playing == 1)
        proof = asyncio.create_task(speaker.fault(Clip(Path("chime.wav"), 0.01, "chime", "chime")))
        await asyncio.sleep(0.02)
        assert player.played == ["say A001 1"]
        player.quiet.set()
        assert await proof == ""
        assert player.played == ["say A001 1", "chime"]
        assert player.most_at_once == 1
        player.broken = True
        assert await speaker.fault(Clip(Path("chime.wav"), 0.01, "chime", "chime")) == "gone"


async def test_a_recall_is_said_as_often_and_as_loud_as_the_hall_file_has_it(
    tmp_path: Path,
) -> None:
    asked: list[tuple[str, int, int]] = []

    class NotingVoice(FakeVoice):
        async def render(
            self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
        ) -> Clip:
            asked.append((spoken, times, volume))
            return await super().render(text, spoken, times, chime, volume)

    async with reacting(tmp_path) as hall:
        noon = hall.clock.now() + 1000

        def volume_at(at: int) -> int:
            return 100 if at < noon else 40

        speaker = Loudspeaker(
            "speaker:main", "main", NotingVoice(), FakePlayer(), word,
            Manner(2, recall_times=1, volume_at=volume_at),
        )  # fmt: skip
        await hall.run(Announcing(speaker, hall.ground.place("voice:main"), hall.ground).run)
        await hall.issue("t1")
        await hall.do(CallNext(1))
        await hall.until("AnnouncementStarted", "AnnouncementEnded")
        hall.time.pass_s(2)
        await hall.do(RecallTicket(1))
        await eventually(lambda: hall.names().count("AnnouncementEnded") == 2)
        assert asked == [("say A001 1", 2, 100), ("say A001 2", 1, 40)]
