"""The interface lists its closed sets itself; here they are held against where they come from."""

import re
from typing import get_args

from config.models import PRIORITIES, ItemKind
from config.settings import load
from controller.domain.tickets import LIFE, PAPER
from controller.reactors import supervising
from devices.framing.bx_commands import COLOURS
from devices.framing.hall_event import KEYS
from devices.framing.input_event import CODES
from devices.printer import PrinterStatus, Proof
from devices.sim.led import EFFECTS
from devices.sim.platform import MODES
from devices.sim.printer_condition import KINDS
from tests.fixtures.served import DEMO
from web.schemas import base, bench, records, sim


def test_the_keys_are_those_of_the_keypad() -> None:
    assert set(get_args(sim.HardKey)) == set(KEYS)
    assert set(get_args(sim.Key)) == {*KEYS, *CODES, "ACCEPT"}


def test_the_modes_are_those_of_the_platform() -> None:
    assert get_args(sim.Mode) == MODES


def test_the_faults_are_those_of_the_printer() -> None:
    faults = {kind.name: kind.choices for kind in KINDS}
    assert sim.PrinterFault.model_fields.keys() == faults.keys()
    for name, known in (("paper", sim.Paper), ("cover", sim.Cover), ("cutter", sim.Cutter)):
        assert get_args(known) == faults[name]


def test_the_words_of_printers_and_strips_are_those_of_the_devices() -> None:
    assert set(get_args(bench.PrinterState)) == set(PrinterStatus)
    assert set(get_args(base.Proof)) == {"", *Proof}
    assert set(get_args(bench.Colour)) == set(COLOURS)
    assert set(get_args(bench.Effect)) == set(EFFECTS.values())


def test_the_states_are_those_that_an_event_can_bring() -> None:
    assert set(get_args(base.TicketState)) == set(LIFE.values())
    reached = {step for _, step in PAPER} | {state for state, _ in PAPER}
    # "none": a ticket that never gets paper of ours.
    assert set(get_args(base.PrintState)) == {*reached, "none"}


def test_the_devices_and_items_are_those_of_a_hall_file() -> None:
    settings = load(DEMO)
    rooms = "".join(path.read_text("utf-8") for path in DEMO.parent.glob("*.py"))
    kinds = set(re.findall(r'return f"([a-z-]+):\{self', rooms))
    assert kinds >= {device.partition(":")[0] for device in settings.device_ids}
    assert kinds | {"line"} == set(get_args(records.DeviceKind))
    assert get_args(records.DeviceCondition) == get_args(supervising.DeviceCondition)
    assert get_args(records.ItemKind) == get_args(ItemKind)
    assert get_args(base.Priority) == PRIORITIES
