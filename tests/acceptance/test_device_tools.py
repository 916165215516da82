"""`run.py devices`: list, probe, test, trace and plan on simulated devices."""

import asyncio
from pathlib import Path

import pytest

from config.settings import load
from tests.fixtures.device_tools import device_tool
from tests.fixtures.hall_files import DEMO, toml, write_tree
from tests.fixtures.input_hall import input_hall
from tests.fixtures.running import ROOT, eventually, running_hall
from tests.fixtures.simulators import running_simulators

pytestmark = pytest.mark.timeout(120)

DEVICES = [
    device
    for device in load(ROOT / "config/demo.toml").device_ids
    if not device.startswith("board:")
]


async def test_every_device_is_asked_and_a_silent_one_is_found(tmp_path: Path) -> None:
    async with running_simulators(tmp_path) as simulators:
        told = await device_tool(tmp_path, "probe")
        assert (told.status, told.err) == (0, ""), told
        assert [line.split()[0] for line in told.out.splitlines()[:-1]] == DEVICES
        assert "keypad, version 1.0" in told.row("keypad:3")
        assert "rating box" in told.row("rating-box:1")
        await simulators.post("/keypads/3/fault", {"silent": True})
        await simulators.post("/printers/kiosk/fault", {"paper": "out"})
        told = await device_tool(tmp_path, "probe")
        assert told.status == 1
        assert "BAD" in told.row("keypad:3")
        assert "paper-out" in told.row("printer:kiosk")
        assert "ok" in told.row("keypad:4")
        assert f"{len(DEVICES)} devices, 2 bad." in told.out


async def test_each_device_can_be_seen_or_heard(tmp_path: Path) -> None:
    async with running_simulators(tmp_path) as simulators:
        told = await device_tool(tmp_path, "test")
        assert (told.status, told.err) == (0, ""), told
        assert "process-id" in told.row("printer:kiosk")
        slips = (await simulators.get("/printers/kiosk/tickets")).body
        assert "打印测试" in str(slips[0])
        assert (await simulators.get("/leds/3")).body["text"].strip() == "3"
        units = (await simulators.get("/bench")).body
        assert all(unit["beeps"] == 1 for unit in [*units["keypads"], *units["rating_boxes"]])
        assert units["speaker"][0]["text"] == "语音测试"
        one = await device_tool(tmp_path, "test", "led:2")
        assert [line.split()[0] for line in one.out.splitlines()[:-1]] == ["led:2"]
        wrong = await device_tool(tmp_path, "test", "led:9")
        assert wrong.status == 2
        assert "led:9" in wrong.err


async def test_a_line_is_shown_in_bytes_and_frames(tmp_path: Path) -> None:
    async with running_simulators(tmp_path):
        told = await device_tool(tmp_path, "trace", "units", "--seconds", "0.6")
        lines = told.out.splitlines()
        assert any("> 01 04 00 00 00 05" in line for line in lines), told
        assert any("ReadInputRegistersReply(unit=1" in line for line in lines)
        assert "unit=25" in told.out
        quiet = await device_tool(tmp_path, "trace", "units", "--seconds", "0.3", "--listen")
        assert (quiet.status, quiet.out) == (0, "")
        wrong = await device_tool(tmp_path, "trace", "nowhere")
        assert wrong.status == 2
        assert "kiosk, leds, units" in wrong.err


async def test_without_simulators_the_sentence_says_what_to_start(tmp_path: Path) -> None:
    told = await device_tool(tmp_path, "probe", "keypad:1")
    assert told.status == 1
    assert "run.py sim" in told.row("keypad:1")


async def test_beside_a_service_the_list_has_states_and_the_others_refuse(tmp_path: Path) -> None:
    data = tmp_path / "data"
    before = await device_tool(tmp_path, "list")
    assert "没有服务" in before.out
    assert [line.split()[0] for line in before.out.splitlines()[: len(DEVICES)]] == DEVICES
    async with running_hall(data) as hall:
        await hall.post("/sim/keypads/2/fault", {"silent": True})

        async def told() -> str:
            row = (await device_tool(data, "list")).row("keypad:2")
            return row if "按键 02" in row else ""

        assert "Keypad 02" in await eventually(told)
        assert "正常" in (await device_tool(data, "list")).row("keypad:1")
        for tool in ("probe", "test"):
            refused = await device_tool(data, tool)
            assert refused.status == 2
            assert "stop it first" in refused.err


async def test_the_plan_names_every_address_label_and_resistor(tmp_path: Path) -> None:
    told = await device_tool(tmp_path, "plan")
    assert told.status == 0
    assert "units-10    keypad:5            rating-box:5        25 (0x19)  120 Ω" in told.out
    assert "bus load: 11 / 32" in told.out
    assert "one round 225 ms" in told.out
    assert all(device in told.out for device in DEVICES)


async def test_a_hall_with_every_kind_of_input_is_asked(tmp_path: Path) -> None:
    """No simulators: each kind still has its place in list and plan."""
    config = ("--config", str(input_hall(tmp_path)))
    listed = await device_tool(tmp_path, "list", *config)
    assert "(wall)" in listed.row("keypad:3")
    assert "sim://pad" in listed.row("keypad:2")
    planned = await device_tool(tmp_path, "plan", *config)
    assert planned.status == 0, planned
    assert "input-module:wall" in planned.out


def own_hall(folder: Path, **left_out: int) -> Path:
    """The demo hall as a file of one's own; `keypads=3`: without that of counter 3."""
    tree = dict(DEMO)
    tables = ""
    for name in ("printers", "keypads"):
        for row in tree.pop(name):
            if row.get("counter") != left_out.get(name, 0):
                lines = "".join(f"{key} = {toml(value)}\n" for key, value in row.items())
                tables += f"\n[[{name}]]\n{lines}"
    hall = write_tree(folder / "mine.toml", tree)
    hall.write_text(hall.read_text("utf-8") + "\n" + tables, "utf-8")
    items = (ROOT / "config/items-demo.toml").read_text("utf-8")
    (folder / "items-demo.toml").write_text(items, "utf-8")
    return hall


async def test_a_new_unit_is_adopted_for_its_counter(tmp_path: Path) -> None:
    hall = own_hall(tmp_path, keypads=3)
    assert {row.counter for row in load(hall).keypads} == {1, 2, 4, 5}
    async with running_simulators(tmp_path) as simulators:

        async def press() -> None:
            async def beeped() -> bool:
                units = (await simulators.get("/bench")).body["keypads"]
                return next(unit for unit in units if unit["counter"] == 3)["beeps"] == 3

            await eventually(beeped)
            await simulators.post("/keypads/3/press", {"key": "NEXT"})

        pressing = asyncio.create_task(press())
        told = await device_tool(tmp_path, "adopt", "units", "--config", str(hall), typed="\n")
        await pressing
        assert (told.status, told.err) == (0, ""), told
        assert "1 units adopted" in told.out
        again = await device_tool(tmp_path, "adopt", "units", "--config", str(hall))
        assert again.status == 2
        assert "Every counter has one" in again.err
        wrong = await device_tool(tmp_path, "adopt", "leds", "--config", str(hall))
        assert "onbon-bx" in wrong.err
    keypad = next(row for row in load(hall).keypads if row.counter == 3)
    assert (keypad.line, keypad.address) == ("units", 13)


async def test_the_doctor_stores_what_a_person_saw(tmp_path: Path) -> None:
    hall = own_hall(tmp_path)
    config = ("--config", str(hall))
    async with running_simulators(tmp_path) as simulators:
        refused = await device_tool(tmp_path, "doctor")
        assert "--config" in refused.err
        told = await device_tool(tmp_path, "doctor", *config, typed="1\n2\nten\n8\nB\n42\n")
        assert (told.status, told.err) == (0, ""), told
        slip = str((await simulators.get("/printers/kiosk/tickets")).body)
        assert "镕堃喆" in slip
        assert "综合窗口" in slip
    found = load(hall).printers[0]
    assert (found.encoding, found.confirm, found.width_dots) == ("gb18030", "process-id", 512)
    assert (found.size_commands, found.qr_max_module, found.cut) == ("all", 8, "full")
    assert (tmp_path / "mine.toml.bak").exists()
