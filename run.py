#!/usr/bin/env python3
"""Yimen 一门: the one entry. Parse arguments, load settings, build, run."""

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

# What is imported lives as long as the process: looking through it for garbage is a seventh of the
# start, and a pause at every collection later.
gc.disable()
try:
    from aiohttp import web

    from config.settings import ConfigErrors, Settings, load
    from controller.app import (
        CannotStartError,
        Clock,
        Hall,
        Wanted,
        build,
        check_books,
        make_folder,
        make_up_past,
    )
    from controller.toolbox.command import ToolError, add_tools, run_tool
    from devices.sim.lock import SimRunningError
    from devices.sim.started import SimFailedError, Simulators, begin_scenario
    from web.addresses import listen, origin_of, print_addresses, with_public_url
    from web.clock_options import (
        WrongUseError,
        add_clock_options,
        add_day_options,
        begin_day,
        clock_of,
        whole,
    )
    from web.practice import add_practice_options, begin_practice, real_hall_at_rest
except ModuleNotFoundError as missing:  # another Python than the one of make run
    sys.exit(
        f"这里没有 {missing.name}：先运行一次 make run，以后用 .venv/bin/python run.py …。 "
        "Run `make run` once, then .venv/bin/python run.py … (Windows: .venv\\Scripts\\python)."
    )
gc.freeze()
gc.enable()

ROOT = Path(__file__).resolve().parent
OK, FAILED, WRONG_USE = 0, 1, 2
SHUTDOWN_S = 2.0
TOLD_BOTH_WAYS = (
    "devices.bus", "devices.link", "devices.usb_pad", "controller.reactors.supervising",
)  # fmt: skip
"""Who warns of a loss also says in a line that it is over."""
PROGRESS_MS = 5000


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
    for name in TOLD_BOTH_WAYS:
        logging.getLogger(name).setLevel(logging.INFO)
    # Once for all that SQLite, the simulators and the voice write below the data folder: it tells
    # who was served when, and other people of this machine have no business in it.
    os.umask(0o077)
    try:
        settings = load(
            given.config,
            simulate=getattr(given, "simulate", False),
            practice=getattr(given, "practice", False),
        )
        for warning in settings.warnings:
            print(f"注意 / note: {warning}", file=sys.stderr)
        status: int = given.command(given, settings)
    except (ToolError, WrongUseError) as error:
        print(error, file=sys.stderr)
        return WRONG_USE
    except (Refusal, ConfigErrors) as refusal:
        print(refusal, file=sys.stderr)
        return WRONG_USE if isinstance(refusal, ConfigErrors) else refusal.status
    except (CannotStartError, SimRunningError, SimFailedError) as error:
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
    add_day_options(demo_parser)
    demo_parser.set_defaults(command=serve_command, demo=True)

    practice = _add(
        commands,
        "practice",
        "新窗口人员练习：真键盘、评价器、条屏，模拟的群众，不计数 "
        "let new clerks practise: real keypads, simulated citizens, counted nowhere",
    )
    _add_service_options(practice)
    add_practice_options(practice)
    practice.set_defaults(command=practice_command, demo=True, day=False, practice=True)

    sim = _add(commands, "sim", "只运行模拟设备 play the simulated devices of a hall only")
    sim.add_argument(
        "--tcp",
        action="store_true",
        help="用 TCP 端口代替伪终端 TCP ports instead of pseudo-terminals",
    )
    sim.add_argument("--practice", action="store_true", help="练习用的设备 those of practice")
    _add_sim_options(sim)
    sim.set_defaults(command=sim_command)

    verify = _add(
        commands,
        "verify",
        "核对日志、投影和合计 prove the log's chain, its projections and the main figures",
    )
    verify.add_argument("--database", metavar="URL", help=_DATABASE_HELP)
    verify.set_defaults(command=verify_command)
    _add_generate(commands)
    _add_devices(commands)
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


def _add_generate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    generate = _add(
        commands,
        "generate",
        "编一段过去：在空的大厅里写入假的取号、叫号、评价和办件 "
        "make up a past: invented tickets, calls, ratings and cases, into an empty hall",
    )
    for name, default, told in (
        ("--tickets", 10_000, "多少张号 how many tickets"),
        ("--seed", 1, "随机种子，同一种子得同样的数据 the same seed gives the same rows"),
        ("--open-cases", 0, "多少个办件未办结 how many cases stay open"),
        ("--waiting", 0, "最后多少人还在等候 how many of the tickets still wait at the end"),
    ):
        generate.add_argument(name, type=whole, default=default, metavar="N", help=told)
    generate.add_argument(
        "--until", type=date.fromisoformat, metavar="DATE",
        help="最后一天，默认昨天 the last day, default yesterday",
    )  # fmt: skip
    generate.add_argument(
        "--projections-only",
        action="store_true",
        help="不写日志，只写报表读的表 no log, only the tables that reports read",
    )
    generate.add_argument("--database", metavar="URL", help=_DATABASE_HELP)
    generate.set_defaults(command=generate_command)


def _add_devices(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    told = "设备：列出、询问、测试、跟踪、接线单 list, ask, test and trace the hall's devices"
    devices = commands.add_parser("devices", help=told, description=told)
    tools = devices.add_subparsers(required=True, metavar="TOOL")
    add_tools(lambda name, told: _add(tools, name, told), run_tool)


def _port(text: str) -> int:
    port = whole(text)
    if port > 65535:
        raise argparse.ArgumentTypeError(f"{text}: 端口最大 65535 ports end at 65535")
    return port


def _add_sim_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--scenario",
        type=Path,
        metavar="FILE",
        help="按场景出故障，如 config/scenarios/bad-morning.toml simulated faults by a plan",
    )
    command.add_argument(
        "--simulate",
        action="store_true",
        help="不接真实设备，全部模拟 simulate every device, whatever the hall file says",
    )


def _add_service_options(command: argparse.ArgumentParser) -> None:
    _add_sim_options(command)
    command.add_argument(
        "--host", default="127.0.0.1", help="监听地址；不写就只有本机能访问 address to listen on"
    )
    command.add_argument("--port", type=_port, default=8080, help="端口 port, 0 = any free one")
    command.add_argument(
        "--public-url",
        metavar="URL",
        help="小票二维码里的网址起点，代替配置里的 origin in the tickets' QR codes "
        "(else public_url of the hall file; a loopback one follows the port)",
    )
    command.add_argument("--database", metavar="URL", help=_DATABASE_HELP)
    add_clock_options(command)


# --- serve and demo


def serve_command(given: argparse.Namespace, settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM."""
    clock = clock_of(given, settings)
    listener = listen(given.host, given.port)
    with contextlib.closing(listener):
        origin = origin_of(given.host, listener.getsockname()[1])
        settings = with_public_url(settings, given.public_url, origin)
        hall = build(settings, given.data, clock=clock, engine_url=given.database)
        return asyncio.run(_serve(hall, given, listener, origin))


def practice_command(given: argparse.Namespace, settings: Settings) -> int:
    """Serve a hall of its own beside the real one, which must not run meanwhile."""
    with real_hall_at_rest(given.data) as folder:
        given.data = folder
        return serve_command(given, settings)


async def _serve(
    hall: Hall, given: argparse.Namespace, listener: socket.socket, origin: str
) -> int:
    from web.app import make_app
    from web.server import HallRunner

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    simulators = _simulators(hall, given) if given.demo else None
    runner: HallRunner | None = None
    try:
        if simulators is not None:
            await simulators.start()
        await hall.start()
        runner = HallRunner(make_app(hall), access_log=None, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        if given.scenario is not None:
            await begin_scenario(hall.bench, given.scenario)
        print_addresses(hall.settings, origin)
        if given.demo and given.day:
            await begin_day(hall, given, origin)
        if hall.settings.practice:
            await begin_practice(hall, given, origin)
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


def _simulators(hall: Hall, given: argparse.Namespace) -> Simulators:
    if hall.bench is None:
        raise Refusal(
            "这个大厅没有模拟设备，请用 serve。 Nothing is simulated in this hall; use serve.",
            WRONG_USE,
        )
    make_folder(hall.data_dir / "sim")
    command = [sys.executable, str(ROOT / "run.py"), "sim", "--config", str(given.config)]
    command += ["--data", str(hall.data_dir), *(["--simulate"] if given.simulate else [])]
    command += ["--practice"] if hall.settings.practice else []
    return Simulators(hall.bench, hall.data_dir, command)


# --- sim, verify and generate


def sim_command(given: argparse.Namespace, settings: Settings) -> int:
    """Play the devices until asked to stop."""
    from devices.sim.bench import run as run_simulators  # the service has no need of them

    def ready(ports: dict[str, object]) -> None:
        print(f"模拟设备已启动 The simulators run: {ports['control']}", flush=True)

    make_folder(given.data)
    make_folder(given.data / "sim")
    asyncio.run(
        run_simulators(
            settings, given.data, tcp=given.tcp, on_ready=ready, scenario=given.scenario
        )
    )
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


def generate_command(given: argparse.Namespace, settings: Settings) -> int:
    """Write a made-up past, with a line about its progress every few seconds."""
    clock = Clock()
    began = told = clock.now()

    def progress(tickets: int, seq: int) -> None:
        nonlocal told
        if clock.now() - told >= PROGRESS_MS:
            told = clock.now()
            speed = seq * 1000 // (told - began)
            print(f"{tickets:,} / {given.tickets:,} · {speed:,} events/s", flush=True)

    if given.waiting > given.tickets:
        raise Refusal("--waiting 多于 --tickets。 --waiting is more than --tickets.", WRONG_USE)
    wanted = Wanted(
        given.tickets, given.seed, given.until, given.open_cases, given.waiting,
        log=not given.projections_only,
    )  # fmt: skip
    seq = make_up_past(settings, given.data, wanted, given.database, progress)
    print(f"已写入 {given.tickets:,} 张号、{seq:,} 条事件 tickets and events are written")
    return OK


if __name__ == "__main__":
    sys.exit(main())
