"""What the figures run: the product and the bare service in processes, bases, raw commits."""

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import load
from controller.store.projections import VERSION as PROJECTIONS
from controller.store.snapshots import STATE_VERSION
from tests.fixtures.ports import take_free_port

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "bench"
DEMO = ROOT / "config" / "demo.toml"
STREAMS = 5
PAIRS = 5
READY_S = 60.0
ROW = "x" * 300


def client(mode: str, **given: Any) -> dict[str, Any]:
    """Run the load in a process of its own; return what it measured."""
    command = [sys.executable, "-m", "tests.bench._client"]
    asked = json.dumps({"mode": mode, **given}) + "\n"
    done = subprocess.run(
        command, input=asked, capture_output=True, text=True, cwd=ROOT, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"the load failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if found.get("bad"):
        raise RuntimeError(f"the load was refused: HTTP {found['bad']}")
    return found


@contextlib.contextmanager
def listeners(port: int, streams: int = STREAMS) -> Iterator[None]:
    """Keep streams of the product open, read by a process of their own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench._client"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    asked = {"mode": "listen", "port": port, "path": "/api/v1/stream", "streams": streams}
    process.stdin.write(json.dumps(asked) + "\n")
    process.stdin.flush()
    process.stdout.readline()
    try:
        yield
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


class Served:
    """The product with the demo's simulators, in a data folder of its own."""

    def __init__(self, data: Path, *arguments: str, config: Path = DEMO) -> None:
        self.data = data
        self.port = take_free_port()
        self._arguments = ["--config", str(config), "--data", str(data), *arguments]
        self._options = [*self._arguments, "--port", str(self.port)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, command: str = "demo") -> float:
        """Start the service; return the seconds until /readyz says 200."""
        self.data.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        with (self.data / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "run.py", command, *self._options], cwd=ROOT,
                stdout=log, stderr=log,
            )  # fmt: skip
        while not self._ready():
            if self.process.poll() is not None or time.perf_counter() - began > READY_S:
                raise RuntimeError((self.data / "service.log").read_text()[-2000:])
            time.sleep(0.005)
        return time.perf_counter() - began

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as found:
                return bool(found.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(30)

    def resident_mb(self) -> float:
        """The service's own resident memory; the simulators are another process."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


@contextlib.contextmanager
def served(
    *arguments: str, config: Path = DEMO, base: "Base | None" = None, streams: int = STREAMS
) -> Iterator[Served]:
    """A running product in a fresh folder, or on a copy of a base, with streams open."""
    with scratch() as folder:
        if base is not None:
            base.copy_to(folder)
            arguments = (*arguments, "--start", base.goes_on)
        hall = Served(folder, *arguments, config=config)
        hall.start()
        try:
            with listeners(hall.port, streams):
                yield hall
        finally:
            hall.stop()


@contextlib.contextmanager
def bare() -> Iterator[int]:
    """The port of a running bare service."""
    port = take_free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench._bare", str(port)], cwd=ROOT)
    try:
        _await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _await_port(port: int) -> None:
    async def knock() -> None:
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)

    asyncio.run(knock())


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder under build/, on the disk that is measured, gone afterwards."""
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=BUILD))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class RawCommits:
    """One-row durable commits of the stdlib's sqlite3: WAL, synchronous=FULL."""

    def __init__(self, folder: Path) -> None:
        self._connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE raw (id INTEGER PRIMARY KEY, body TEXT)")

    def spent(self, seconds: float) -> list[float]:
        """Commit for a while; return each commit's seconds."""
        found = []
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            self._connection.execute("INSERT INTO raw (body) VALUES (?)", (ROW,))
            found.append(time.perf_counter() - began)
        return found

    def rate(self, seconds: float = 1.0) -> float:
        """Commits per second."""
        return len(self.spent(seconds)) / seconds

    def close(self) -> None:
        self._connection.close()


class Base:
    """A made-up past, made once by `run.py generate` and kept under build/.

    Its last day is a fixed one; a service on a copy goes on right after it (`goes_on`).
    """

    UNTIL = "2026-11-20"

    def __init__(self, tickets: int, *, waiting: int = 0, open_cases: int = 0) -> None:
        self.tickets = tickets
        schema = "-".join(sorted(path.stem for path in _revisions()))
        key = f"{tickets}-{waiting}-{open_cases}-s{STATE_VERSION}-p{PROJECTIONS}-{len(schema)}"
        self._folder = BUILD / f"base-{key}"
        self._options = ["--tickets", tickets, "--waiting", waiting, "--open-cases", open_cases]

    def make(self) -> Path:
        """Return its folder; a half-made one is made anew."""
        done = self._folder / "done"
        if not done.exists():
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder.mkdir(parents=True)
            options = [*map(str, self._options), "--seed", "1", "--until", self.UNTIL]
            command = [sys.executable, "run.py", "generate", "--config", str(hall_of_16())]
            subprocess.run(
                [*command, *options, "--data", str(self._folder)], cwd=ROOT, check=True
            )
            done.touch()
        return self._folder

    def copy_to(self, folder: Path) -> None:
        shutil.copy(self.make() / "hall.db", folder / "hall.db")

    @property
    def goes_on(self) -> str:
        """The local time of its last event, for --start."""
        with contextlib.closing(sqlite3.connect(self.make() / "hall.db")) as connection:
            (at,) = connection.execute("SELECT max(at) FROM events").fetchone()
        zone = ZoneInfo(load(DEMO).hall.time_zone)
        return datetime.fromtimestamp(at / 1000 + 1, zone).strftime("%Y-%m-%dT%H:%M:%S")

    @property
    def events(self) -> int:
        """How many events it holds."""
        with contextlib.closing(sqlite3.connect(self.make() / "hall.db")) as connection:
            return int(connection.execute("SELECT max(seq) FROM events").fetchone()[0])


def _revisions() -> Sequence[Path]:
    return list((ROOT / "controller/store/migrations/versions").glob("0*.py"))


def hall_of_16() -> Path:
    """The demo hall with counters up to 16; the devices are the demo's."""
    wanted = range(len(load(DEMO).counters) + 1, 17)
    services = json.dumps([service.code for service in load(DEMO).services])
    further = "".join(
        f'\n[[counters]]\nno = {no}\narea = "hall"\nservices = {services}\n' for no in wanted
    )
    path = BUILD / "hall.toml"
    BUILD.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(DEMO.read_text("utf-8") + further, "utf-8")
    fresh.replace(path)
    return path


def percentile(spent: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(spent)
    return ranked[min(len(ranked) - 1, round(share * len(ranked)))]


def told(name: str, **facts: float | Sequence[float]) -> None:
    """Print what a figure is made of, so that a surprise can be read from the output."""

    def text(value: float | Sequence[float]) -> str:
        if isinstance(value, int | float):
            return f"{value:,.4g}"
        return "[" + " ".join(f"{one:,.4g}" for one in value) + "]"

    print(f"  {name}: " + ", ".join(f"{key} {text(value)}" for key, value in facts.items()))


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
