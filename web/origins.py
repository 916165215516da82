"""Whether a request is meant for this hall: its Host is ours, and no other site's page sends it.

A site can make its own name point to this machine (DNS rebinding); in a browser here its pages
would then read and step the hall as if they were ours. They cannot hide the name, it is the Host.
"""

import ipaddress
import re
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import web

from config.settings import Settings

AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z_-][0-9A-Za-z._-]*)(:[0-9]{0,5})?")
OF_A_NETWORK = (".test", ".local", ".lan", ".internal")
"""Ends of names that nobody can register; a name without a dot is of the same kind."""


class Origins:
    """The names and the origin of one hall."""

    def __init__(self, settings: Settings) -> None:
        self._public = settings.hall.public_url
        public = urlsplit(self._public or "").hostname
        self._names = {socket.gethostname().lower(), *([public] if public else [])}
        self.is_ours = lru_cache(maxsize=256)(self._is_ours)
        """Tell whether a Host header names this hall, by address or by name."""

    def refusal(self, request: web.Request) -> str | None:
        """Return the code under which a request is refused, None when it is ours."""
        host = request.headers.get("Host")
        # Without any (HTTP/1.0) it is a watching machine: every browser tells it.
        if host is not None and not self.is_ours(host):
            return "bad_host"
        if request.method not in ("GET", "HEAD", "OPTIONS") and self._is_foreign(request):
            return "bad_origin"
        return None

    def _is_ours(self, host: str) -> bool:
        parts = AUTHORITY.fullmatch(host)
        if parts is None:
            return False
        name = parts[1].lower().removesuffix(".")
        if "." not in name and ":" not in name:
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return name in self._names or name.endswith(OF_A_NETWORK)
        return True

    def _is_foreign(self, request: web.Request) -> bool:
        """Tell whether a browser sends this for a page of another host.

        Behind a proxy the page's host is the public one, whatever the proxy calls us.
        """
        origin = request.headers.get("Origin")
        if origin is None or origin == self._public:
            return False
        return origin.partition("://")[2] != request.headers.get("Host", "")


ORIGINS: web.AppKey[Origins] = web.AppKey("origins", Origins)
