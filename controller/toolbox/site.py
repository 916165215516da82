"""Where the lines of a hall file can be reached now: real ports, or those of `run.py sim`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from config.settings import Line, Settings
from controller.bench import Bench
from controller.clock import Clock
from controller.folder import DataFolder, FolderInUseError
from devices.link import Link, LinkSettings
from devices.printer_port import opener_of

OPEN_S = 3.0


class ToolError(Exception):
    """A sentence for the person at the keyboard."""


class Site:
    """The ports of a hall, for one tool at a time."""

    def __init__(self, settings: Settings, data_dir: Path) -> None:
        self.settings = settings
        self.data_dir = data_dir
        self._bench = Bench(data_dir, Clock())

    def need_quiet(self) -> None:
        """Refuse while a service runs on the data folder: two masters would spoil both."""
        if is_served(self.data_dir):
            raise ToolError(
                "大厅服务正在使用这些设备，请先停止它（Ctrl+C 或 systemctl stop）。 "
                "The hall's service is using these devices; stop it first."
            )

    def speaker_url(self) -> str:
        """Return where the simulated loudspeaker is. OSError while there is none."""
        url = self._bench.ports().get("speaker")
        if not url:
            raise OSError("the simulators do not run")
        return str(url)

    def link_settings(self, line: Line) -> LinkSettings:
        """Return how to open a line. ToolError: it is simulated and nobody plays it."""
        url = line.port
        if line.simulated:
            found = self._bench.ports().get("lines", {}).get(line.name)
            if not found:
                raise ToolError(
                    f"线路 {line.name} 是模拟的，请先在另一个窗口运行 run.py sim。 "
                    f"Line {line.name} is simulated: start `run.py sim` in another window first."
                )
            url = str(found)
        return LinkSettings(
            line.name, url, line.baud, line.parity, rs485=line.rs485,
            rtscts=line.flow == "rtscts", xonxoff=line.flow == "xonxoff",
            opened=opener_of(line.port),
        )  # fmt: skip

    @asynccontextmanager
    async def open(
        self, line: Line, baud: int | None = None, parity: str | None = None
    ) -> AsyncIterator[Link]:
        """Open a line, perhaps with another baud or parity, until the end of the block.

        ToolError says why it cannot be opened.
        """
        settings = self.link_settings(line)
        settings = replace(settings, baud=baud or settings.baud, parity=parity or settings.parity)
        link = Link(settings)
        log = logging.getLogger("devices.link")
        was_off, log.disabled = log.disabled, True  # the sentence below says it for a person
        try:
            await link.start()
            if not await link.wait_open(OPEN_S):
                raise ToolError(
                    f"线路 {line.name} 的端口 {settings.url} 打不开：没插好、名称不对、没有权限，"
                    "或别的程序正在用它。 "
                    f"Port {settings.url} of line {line.name} cannot be opened: not plugged in, "
                    "another name, no permission, or another program has it."
                )
            yield link
        finally:
            await link.stop()
            log.disabled = was_off


def is_served(data_dir: Path) -> bool:
    """Tell whether a service runs on a data folder."""
    if not (data_dir / "lock").exists():
        return False
    try:
        DataFolder(data_dir).release()
    except FolderInUseError:
        return True
    return False
