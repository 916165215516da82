"""Where a hall is found: the port that it listens on and the addresses that a person is told."""

import contextlib
import ipaddress
import socket
from urllib.parse import urlsplit

from config.settings import Settings
from controller.app import CannotStartError

PAGES = (
    ("kiosk", "取号机"),
    ("clerk", "窗口工作台"),
    ("board", "大屏"),
    ("manager", "管理"),
    ("bench", "设备台"),
)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; a port in use is told in one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        raise CannotStartError(
            f"不能在 {host}:{port} 上监听（{error}），请换一个端口，如 PORT=8081 make run。 "
            f"Cannot listen on {host}:{port}; give another port, as in PORT=8081 make run."
        ) from error


def origin_of(host: str, port: int) -> str:
    name = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def with_public_url(settings: Settings, asked: str | None, origin: str) -> Settings:
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


def print_addresses(settings: Settings, origin: str) -> None:
    print(f"\n  一门 Yimen · {settings.hall.name}\n", flush=True)
    for page, zh in PAGES:
        if page != "bench" or settings.simulates_anything:
            print(f"  {origin + '/' + page:<32} {zh} {page}")
    print(f"\n  {origin + '/openapi.json':<32} 接口 interface")
    print("  Ctrl+C 停止 stops it\n", flush=True)
