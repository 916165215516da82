"""The open ports of a hall: one link for each line of the hall file, shared by its devices."""

from collections.abc import Callable

from config.settings import (
    CardReader,
    InputModule,
    IssueButton,
    Keypad,
    Led,
    Line,
    MainLed,
    Printer,
    RatingBox,
    Scanner,
    Settings,
    Speaker,
)
from controller.bench import Bench
from devices.link import Link, LinkSettings, LinkState
from devices.printer_port import opener_of

OnLine = (
    Printer
    | Led
    | MainLed
    | Keypad
    | RatingBox
    | IssueButton
    | InputModule
    | Scanner
    | CardReader
    | Speaker
)
OnState = Callable[[LinkState], None]


def lines_of(settings: Settings) -> dict[str, str]:
    """Return on which line each device hangs (its module's, if it has one); others are left out."""
    found = {}
    rows: tuple[OnLine, ...] = (
        *settings.printers, *settings.leds, *settings.main_leds, *settings.keypads,
        *settings.rating_boxes,
        *settings.issue_buttons, *settings.input_modules, *settings.scanners,
        *settings.card_readers, *settings.speakers,
    )  # fmt: skip
    for row in rows:
        module = getattr(row, "module", None)
        line = row.line if module is None else settings.input_module(module).line
        if line is not None:
            found[row.device_id] = line
    return found


class Lines:
    """Links by the names of the hall file, made when first asked for."""

    def __init__(self, settings: Settings, bench: Bench | None) -> None:
        self._settings = settings
        self._bench = bench
        self._links: dict[str, Link] = {}
        self._listeners: dict[str, list[OnState]] = {}

    def link(self, name: str) -> Link:
        """Return the link of a line."""
        if name not in self._links:
            line = self._settings.line(name)
            told = self._listeners.setdefault(name, [])

            def on_state(state: LinkState) -> None:
                for listener in told:
                    listener(state)

            url = self._url(line)
            rs485 = line.rs485 and not line.simulated
            settings = LinkSettings(
                name, url, line.baud, line.parity, rs485=rs485,
                rtscts=line.flow == "rtscts", xonxoff=line.flow == "xonxoff",
                opened=opener_of(line.port),
            )  # fmt: skip
            self._links[name] = Link(settings, on_state)
        return self._links[name]

    def listen(self, name: str, listener: OnState) -> None:
        """Tell a listener when the line is lost or open again."""
        self._listeners.setdefault(name, []).append(listener)

    def pad(self, path: str) -> str | Callable[[], str]:
        """Return where a USB pad is; a simulated one is asked for anew at every attempt."""
        if not path.startswith("sim://"):
            return path
        assert self._bench is not None
        bench, name = self._bench, path.removeprefix("sim://")
        return lambda: bench.line_url(name)

    async def start(self) -> None:
        """Begin to open the ports."""
        for link in self._links.values():
            await link.start()

    async def stop(self) -> None:
        """Close the ports; a port that we close is not lost."""
        for told in self._listeners.values():
            told.clear()
        for link in self._links.values():
            await link.stop()

    def _url(self, line: Line) -> str | Callable[[], str]:
        if not line.simulated:
            return line.port
        assert self._bench is not None
        bench, name = self._bench, line.name
        return lambda: bench.line_url(name)
