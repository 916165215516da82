"""A number that no paper tells: by voice where a button has no screen, on the kiosk by its QR."""

from pathlib import Path
from typing import Any

from config.settings import Settings, load
from controller.domain.commands import IssueTicket, RecordPrint
from controller.domain.events import TicketIssued
from controller.number_sound import NumberSound
from controller.reactors.loudspeaker import Loudspeaker, Words
from controller.reactors.telling import FRESH_S, Telling
from devices.voice import Clip
from tests.fixtures.reacting import ReactingHall, eventually, reacting
from tests.fixtures.served import DEMO, served


class Area:
    """Keeps what was said and which button beeped; `mute` hears nothing."""

    def __init__(self, mute: bool = False) -> None:
        self.said: list[str] = []
        self.beeps: list[str] = []
        self.mute = mute

    async def say(self, issued: TicketIssued) -> bool:
        if not self.mute:
            self.said.append(issued.number)
        return not self.mute

    async def follow(self, hall: ReactingHall) -> None:
        telling = Telling(hall.ground.place("telling"), hall.ground, self.say, self.beeps.append)
        await hall.run(telling.run)


async def press(hall: ReactingHall, ticket: str) -> None:
    command = IssueTicket("A", ticket, source="button")
    await hall.ground.desk.wish(command, "device:button:door", ticket)


async def fail(hall: ReactingHall, ticket: str) -> None:
    await hall.do(RecordPrint(ticket, "failed", "printer:kiosk", "paper-out"))


async def test_the_number_of_a_button_is_said_when_its_paper_fails(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        area = Area()
        await area.follow(hall)
        await press(hall, "t1")
        await hall.issue("t2")  # a kiosk has a screen
        for ticket in ("t1", "t2"):
            await fail(hall, ticket)
        await press(hall, "t3")
        await fail(hall, "t3")
        await eventually(lambda: area.said == ["A001", "A003"])
        await hall.do(RecordPrint("t1", "started", "printer:kiosk"))
        await hall.do(RecordPrint("t1", "unknown", "printer:kiosk"))
        await press(hall, "t4")
        await fail(hall, "t4")
        await eventually(lambda: area.said == ["A001", "A003", "A004"])
        assert area.beeps == []


async def test_a_silent_area_gets_a_beep_at_the_button(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        area = Area(mute=True)
        await area.follow(hall)
        await press(hall, "t1")
        await fail(hall, "t1")
        await eventually(lambda: area.beeps == ["button:door"])


async def test_nobody_is_told_a_number_long_after(tmp_path: Path) -> None:
    async with reacting(tmp_path) as hall:
        area = Area()
        await press(hall, "t1")
        hall.time.pass_s(FRESH_S + 1)
        await area.follow(hall)
        await fail(hall, "t1")
        await press(hall, "t2")
        await fail(hall, "t2")
        await eventually(lambda: area.said == ["A002"])


class FakeVoice:
    """Renders a file of its own name."""

    async def render(
        self, text: str, spoken: str, times: int = 1, chime: bool = True, volume: int = 100
    ) -> Clip:
        return Clip(Path(spoken), 1.0, "cmn", text, times)


def settings_with(**changed: Any) -> Settings:
    return load(DEMO).model_copy(update=changed)


async def test_a_number_is_read_digit_by_digit() -> None:
    settings = load(DEMO)
    player: Any = None
    speakers = {
        one.device_id: Loudspeaker(one.device_id, one.area, FakeVoice(), player, Words)  # type: ignore[arg-type]
        for one in settings.speakers
    }
    clock: Any = None
    clip = await NumberSound(settings, speakers, clock).clip("E001", "E")
    assert clip is not None
    assert (clip.text, str(clip.path)) == ("您的号，E001", "您的号，E 零 零 一")
    assert await NumberSound(settings, {}, clock).clip("E001", "E") is None


async def test_the_screens_code_is_plain_text_where_the_hall_has_no_address(tmp_path: Path) -> None:
    async with served(tmp_path, settings=load(DEMO).with_public_url(None)) as hall:
        ticket = await hall.take("A")
        path = f"/t/{ticket['id']}/{ticket['token']}"
        async with hall.client.get(f"{path}/qr.svg") as reply:
            assert (reply.status, reply.content_type) == (200, "image/svg+xml")
        async with hall.client.get(f"/t/{ticket['id']}/wrong/qr.svg") as reply:
            assert reply.status == 404
        async with hall.client.get(f"/t/{ticket['id']}/wrong/number.wav") as reply:
            assert reply.status == 404


async def test_a_hall_without_a_printer_has_no_paper_to_wait_for(tmp_path: Path) -> None:
    async with served(tmp_path, settings=settings_with(printers=())) as hall:
        ticket = await hall.take("A")
        shown = await hall.get(f"/tickets/{ticket['id']}")
        assert (shown["print"]["state"], shown["print"]["printer"]) == ("none", "")
        wish = {"item": "RS01"}
        assert (await hall.post("/notices", wish, 409))["code"] == "no_printer"


async def test_each_kiosk_has_its_printer_and_the_view_tells_which_one_printed(
    tmp_path: Path,
) -> None:
    printer = load(DEMO).printers[0]
    other = printer.model_copy(update={"id": "two", "places": ("kiosk:2",), "where": "二楼"})
    async with served(tmp_path, settings=settings_with(printers=(printer, other))) as hall:
        first, second = await hall.take("A"), await hall.take("A", kiosk=2)
        past = await hall.hall.writer.execute(
            RecordPrint(second["id"], "started", "printer:kiosk"), actor="device:kiosk"
        )
        assert past.events
        shown = await hall.get(f"/tickets/{second['id']}")
        assert (shown["print"]["state"], shown["print"]["printer"]) == ("started", "printer:kiosk")
        assert (await hall.get(f"/tickets/{first['id']}"))["print"]["printer"] == ""
