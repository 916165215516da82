"""Posts under an `Idempotency-Key`: the first one acts, a repeat gets the same bytes.

Kept here and not in the service, because a press outlives the service that passed it on.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import web

KEPT = 4096
"""So many keys; the oldest is forgotten first."""


class KeyReusedError(Exception):
    """The key belongs to another request."""


@dataclass(frozen=True, slots=True)
class _Answered:
    digest: bytes
    status: int
    content_type: str
    body: bytes


def digest_of(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same one."""
    return hashlib.sha256(f"{method} {path}\n".encode(errors="surrogateescape") + body).digest()


class Repeats:
    """The newest answers by key. A refusal has done nothing and is not kept."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, _Answered] = OrderedDict()

    def answer(self, key: str, digest: bytes) -> web.Response | None:
        """The answer of the first time, None for a new key. Raises KeyReusedError."""
        known = self._known.get(key)
        if known is None:
            return None
        if known.digest != digest:
            raise KeyReusedError(key)
        return web.Response(
            body=known.body, status=known.status, content_type=known.content_type, charset="utf-8"
        )

    def remember(self, key: str, digest: bytes, given: web.StreamResponse) -> None:
        """Keep what was answered."""
        if given.status >= 400 or not isinstance(given, web.Response):
            return
        body = given.body if isinstance(given.body, bytes) else b""
        self._known[key] = _Answered(digest, given.status, given.content_type, body)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
