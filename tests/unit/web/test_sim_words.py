"""The web may not import the devices' words, so its own list is held against theirs here."""

from typing import get_args

from devices.framing.hall_event import KEYS
from devices.sim.platform import MODES
from devices.sim.printer import FAULTS
from web.schemas import sim


def test_the_keys_are_those_of_the_keypad() -> None:
    assert set(get_args(sim.Key)) == {*KEYS, "ACCEPT"}


def test_the_modes_are_those_of_the_platform() -> None:
    assert get_args(sim.Mode) == MODES


def test_the_faults_are_those_of_the_printer() -> None:
    assert sim.PrinterFault.model_fields.keys() == FAULTS.keys()
