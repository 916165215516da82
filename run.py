#!/usr/bin/env python3
"""Yimen 一门: the one entry. Parse arguments, load settings, build, run."""

import argparse
import asyncio
import contextlib
import ipaddress
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

try:
    from aiohttp import web

    from config.settings import ConfigErrors, Settings, load
    from controller.app import CannotStartError, Clock, Hall, build, check_books, make_folder
    from devices.sim.bench import SimRunningError, wait_until_free_blocking
    from devices.sim.bench import run as run_simulators
except ModuleNotFoundError as missing:  # another Python than the one of make run
    sys.exit(
        f"这里没有 {missing.name}：先运行一次 make run，以后用 .venv/bin/python run.py …。 "
        "Run `make run` once, then .venv/bin/python run.py … (Windows: .venv\\Scripts\\python)."
    )

ROOT = Path(__file__).resolve().parent
OK, FAILED, WRONG_USE = 0, 1, 2
SIMULATORS_READY_S = 20.0
SHUTDOWN_S = 2.0
PAGES = (
    ("kiosk", "取号机"),
    ("clerk", "窗口工作台"),
    ("board", "大屏"),
    ("manager", "管理"),
    ("bench", "设备台"),
)


class Refusal(Exception):  # noqa: N818  a sentence for the person at the keyboard, not a defect
    """Why the program ends now; `status` is its exit status."""

    def __init__(self, sentence: str, status: int = FAILED) -> None:
        super().__init__(sentence)
        self.status = status


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; return the exit status."""
    given = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    logging.basicConfig(
        level=logging.INFO if given.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    for name in ("alembic", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Once for all that SQLite, the simulators and the voice write below the data folder: it tells
    # who was served when, and other people of this machine have no business in it.
    os.umask(0o077)
    try:
        status: int = given.command(given, load(given.config))
    except (Refusal, ConfigErrors) as refusal:
        print(refusal, file=sys.stderr)
        return WRONG_USE if isinstance(refusal, ConfigErrors) else refusal.status
    except (CannotStartError, SimRunningError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return OK
    return status


# --- arguments


def parser() -> argparse.ArgumentParser:
    """Return the parser of all subcommands."""
    top = argparse.ArgumentParser(
        prog="run.py",
        description="一门：政务服务大厅的取号、叫号、评价和办件。 "
        "Yimen: tickets, calls, ratings and cases of a service hall.",
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    serve = _add(commands, "serve", "运行大厅服务 serve a hall: log, devices, pages and interface")
    _add_service_options(serve)
    serve.set_defaults(command=serve_command, demo=False)

    demo_parser = _add(
        commands, "demo", "运行演示大厅，设备全部模拟 serve the demo hall with its simulators"
    )
    _add_service_options(demo_parser)
    demo_parser.set_defaults(command=serve_command, demo=True)

    sim = _add(commands, "sim", "只运行模拟设备 play the simulated devices of a hall only")
    sim.add_argument(
        "--tcp",
        action="store_true",
        help="用 TCP 端口代替伪终端 TCP ports instead of pseudo-terminals",
    )
    sim.set_defaults(command=sim_command)

    verify = _add(
        commands,
        "verify",
        "核对日志、投影和合计 prove the log's chain, its projections and the main figures",
    )
    verify.add_argument("--database", metavar="URL", help=_DATABASE_HELP)
    verify.set_defaults(command=verify_command)
    return top


DEMO = ROOT / "config" / "demo.toml"
_DATABASE_HELP = "数据库地址，默认数据文件夹里的 SQLite database, default SQLite in the data folder"


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    told: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=told,
        description=told,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    command.add_argument(
        "--config", type=Path, default=DEMO, metavar="FILE", help="大厅配置文件 the hall file"
    )
    command.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        metavar="FOLDER",
        help="数据文件夹，一个大厅一个 the hall's data folder, one service at a time",
    )
    command.add_argument(
        "--verbose", action="store_true", help="日志写得更细 log more, for finding faults"
    )
    return command


def _add_service_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--host", default="127.0.0.1", help="监听地址；不写就只有本机能访问 address to listen on"
    )
    command.add_argument("--port", type=int, default=8080, help="端口 port, 0 = any free one")
    command.add_argument(
        "--public-url",
        metavar="URL",
        help="小票二维码里的网址起点，代替配置里的 origin in the tickets' QR codes "
        "(else public_url of the hall file; a loopback one follows the port)",
    )
    command.add_argument("--database", metavar="URL", help=_DATABASE_HELP)
    command.add_argument(
        "--start",
        metavar="TIME",
        help="大厅时钟的起点，如 2026-11-20T08:25，只限模拟设备 "
        "start of the hall's clock, where every device is simulated",
    )
    command.add_argument(
        "--speed",
        type=float,
        default=1.0,
        metavar="N",
        help="大厅时钟的快慢，只限模拟设备 how many hall seconds pass in a real one",
    )


# --- serve and demo


def serve_command(given: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM."""
    clock = _clock(given, settings)
    listener = _listen(given.host, given.port)
    with contextlib.closing(listener):
        origin = _origin(given.host, listener.getsockname()[1])
        settings = _with_public_url(settings, given.public_url, origin)
        hall = build(settings, given.data, clock=clock, engine_url=given.database)
        return asyncio.run(_serve(hall, given, listener, origin))


async def _serve(
    hall: Hall, given: argparse.Namespace, listener: socket.socket, origin: str
) -> int:
    from web.app import make_app
    from web.server import HallRunner

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    simulators = Simulators(hall, given.config) if given.demo else None
    runner: HallRunner | None = None
    try:
        if simulators is not None:
            await simulators.start()
        await hall.start()
        runner = HallRunner(make_app(hall), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        _print_addresses(hall.settings, origin)
        await stopped.wait()
        print("正在停止 Stopping …", flush=True)
    finally:
        if runner is not None:
            await runner.cleanup()
        await hall.stop()
        if simulators is not None:
            # Last: devices that vanish before would be told in the log as lost.
            await simulators.stop()
    return OK


def _clock(given: argparse.Namespace, settings: Settings) -> Clock:
    if given.start is None and given.speed == 1.0:
        return Clock()
    if not settings.simulated:
        raise Refusal(
            "有真实设备的大厅不能用 --start 或 --speed。 "
            "--start and --speed are refused where a real device is configured.",
            WRONG_USE,
        )
    if not 0 < given.speed <= 10_000:
        raise Refusal("--speed 须大于 0，最多 10000。 --speed must be in (0, 10000].", WRONG_USE)
    start_ms = None
    if given.start is not None:
        try:
            start = datetime.fromisoformat(given.start)
            if not 2000 <= start.year <= 2100:
                raise ValueError(given.start)
        except ValueError as error:
            raise Refusal(
                "--start 应像 2026-11-20T08:25，2000 年到 2100 年。 "
                f"Write --start like 2026-11-20T08:25, from 2000 to 2100: {error}",
                WRONG_USE,
            ) from error
        if start.tzinfo is None:
            start = start.replace(tzinfo=settings.hall.zone)
        start_ms = round(start.timestamp() * 1000)
    return Clock(start_ms, given.speed)


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; a port in use is told in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        raise Refusal(
            f"不能在 {host}:{port} 上监听（{error}），请换一个端口，如 PORT=8081 make run。 "
            f"Cannot listen on {host}:{port}; give another port, as in PORT=8081 make run."
        ) from error


def _origin(host: str, port: int) -> str:
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _with_public_url(settings: Settings, asked: str | None, origin: str) -> Settings:
    """A loopback address in the hall file follows the port that is really served."""
    if asked is not None:
        return settings.with_public_url(asked.rstrip("/") or None)
    if settings.hall.public_url and _is_loopback(settings.hall.public_url):
        return settings.with_public_url(origin)
    return settings


def _is_loopback(url: str) -> bool:
    name = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost"


def _print_addresses(settings: Settings, origin: str) -> None:
    print(f"\n  一门 Yimen · {settings.hall.name}\n", flush=True)
    for page, zh in PAGES:
        if page != "bench" or settings.simulated:
            print(f"  {origin + '/' + page:<32} {zh} {page}")
    print(f"\n  {origin + '/openapi.json':<32} 接口 interface")
    print("  Ctrl+C 停止 stops it\n", flush=True)


class Simulators:
    """The simulators' process of the demo: its own session, so it outlives a killed service.

    One that an earlier demo left behind is used again; `stop` ends both kinds, but never one
    that a person started with `run.py sim`.
    """

    def __init__(self, hall: Hall, config: Path) -> None:
        if hall.bench is None:
            raise Refusal(
                "这个大厅没有模拟设备，请用 serve。 Nothing is simulated in this hall; use serve.",
                WRONG_USE,
            )
        self._bench = hall.bench
        self._data = hall.data_dir
        self._config = config
        self._mark = hall.data_dir / "sim" / "demo.json"
        self._ours = False
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start the process unless one lives, and wait until it answers."""
        if await self._bench.alive():
            self._ours = await asyncio.to_thread(self._is_marked_blocking)
            return
        self._process = await asyncio.to_thread(self._start_blocking)
        self._ours = True
        for _ in range(round(SIMULATORS_READY_S / 0.05)):
            if await self._bench.alive():
                return
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise Refusal(
            f"模拟设备没有启动，见 {self._log}。 The simulators did not start; see {self._log}."
        )

    async def stop(self) -> None:
        """End the process if a demo started it."""
        if not self._ours:
            return
        await self._bench.shutdown()
        await self._bench.close()
        await asyncio.to_thread(wait_until_free_blocking, self._mark.parent, 5.0)
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)

    @property
    def _log(self) -> Path:
        return self._mark.with_name("sim.log")

    def _start_blocking(self) -> "subprocess.Popen[bytes]":
        make_folder(self._mark.parent)
        command = [sys.executable, str(ROOT / "run.py"), "sim"]
        command += ["--config", str(self._config), "--data", str(self._data)]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._mark.write_text(json.dumps({"pid": process.pid}), "utf-8")
        return process

    def _is_marked_blocking(self) -> bool:
        try:
            marked = json.loads(self._mark.read_text("utf-8"))
        except (OSError, ValueError):
            return False
        return bool(marked.get("pid") == self._bench.ports().get("pid"))


# --- sim and verify


def sim_command(given: argparse.Namespace, settings: Settings) -> int:
    """Play the devices until asked to stop."""

    def ready(ports: dict[str, object]) -> None:
        print(f"模拟设备已启动 The simulators run: {ports['control']}", flush=True)

    make_folder(given.data)
    make_folder(given.data / "sim")
    asyncio.run(run_simulators(settings, given.data, tcp=given.tcp, on_ready=ready))
    return OK


def verify_command(given: argparse.Namespace, settings: Settings) -> int:
    """Print every problem; exit status 1 when there is one."""
    problems = check_books(settings, given.data, given.database)
    for problem in problems:
        print(problem)
    if problems:
        print(f"发现 {len(problems)} 处不符 {len(problems)} problems", file=sys.stderr)
        return FAILED
    print("日志、投影和合计都相符 The log, its projections and the figures agree")
    return OK


if __name__ == "__main__":
    sys.exit(main())
