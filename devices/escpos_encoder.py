"""python-escpos' classes, loaded with the one profile that they need here.

The package reads its table of all makes as YAML whenever it is imported (a third of a second on a
small PC) and leaves a folder with a copy of it in the system's temporary folder at each start.
What a make can is told by `devices.profiles`, so the table beside this file has one plain profile.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

os.environ.setdefault(
    "ESCPOS_CAPABILITIES_FILE", str(Path(__file__).with_name("escpos_capabilities.json"))
)

from escpos import capabilities
from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy, Usb, Win32Raw

__all__ = ["QR_ECLEVEL_M", "Dummy", "Usb", "Win32Raw"]

if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
    shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
