"""The single-window platform (单窗平台): takes signed, idempotent posts of visits and cases.

    POST visits | cases   Idempotency-Key: <hall>:<seq>   X-Yimen-Hall   X-Yimen-Time
                          X-Yimen-Signature: v1=hex HMAC-SHA256(secret, what docs/platform.md says)

    201 stored | 200 {"duplicate": true} | 401 bad_signature | 422 key_reused | 503 down

What it has taken stands in one file, a line for each post, and is read again at its start; so a
post that was answered is never forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from devices.sim.clock import Now, stamp
from devices.sim.fault_kinds import FaultKind, Faulty
from devices.sim.journal import Journal

Ledger = Literal["visits", "cases"]
Mode = Literal["up", "down", "slow", "cut"]
MODES: tuple[Mode, ...] = get_args(Mode)
SKEW_S = 300
SLOW_S = 2.0


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP post as it arrived."""

    ledger: Ledger
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """What the platform says; `code` and the sentences are for problems only."""

    status: int
    document: dict[str, Any]


@dataclass(slots=True)
class _Row:
    """A visit or a case as the platform shows it."""

    document: dict[str, Any]
    steps: list[dict[str, Any]] = field(default_factory=list)
    deliveries: int = 0
    duplicates: int = 0

    def take(self, body: dict[str, Any]) -> None:
        self.deliveries += 1
        self.document |= body
        if not self.steps or self.steps[-1]["state"] != body.get("state"):
            self.steps.append({"state": body.get("state"), "at": body.get("at")})

    def view(self) -> dict[str, Any]:
        counts = {"deliveries": self.deliveries, "duplicates": self.duplicates}
        return self.document | counts | {"steps": list(self.steps)}


def sign(secret: str, time: str, key: str, ledger: Ledger, body: bytes) -> str:
    """The value of X-Yimen-Signature; `ledger` is the last part of the address."""
    said = f"{time}\n{key}\n{ledger}\n".encode() + body
    return "v1=" + hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()


class SimPlatform(Faulty):
    """Everything but the HTTP: `receive` judges a post, `rows` shows what there is.

    `now` is for the books; signatures are judged by `wall_s`, real Unix seconds.
    """

    fault_kinds = (FaultKind("mode", ("up", "slow", "down", "cut")),)

    def __init__(self, secret: str, file: Path, now: Now, wall_s: Callable[[], float]) -> None:
        self.mode: Mode = "up"
        self.refused = 0
        self._secret = secret
        self._journal = Journal(file)
        self._now = now
        self._wall_s = wall_s
        self._rows: dict[Ledger, dict[str, _Row]] = {"visits": {}, "cases": {}}
        self._keys: dict[str, tuple[str, Ledger, str]] = {}
        for entry in self._journal.entries:
            self._fold(entry)

    def receive(self, post: Post) -> PlatformAnswer:
        """Judge and store one post (modes are the caller's matter, except down)."""
        if self.mode == "down":
            return _problem(503, "down", "平台停机维护", "the platform is down")
        key = post.headers.get("Idempotency-Key", "")
        if not self._is_signed(post, key):
            self.refused += 1
            return _problem(401, "bad_signature", "签名不对或已过期", "wrong or stale signature")
        digest = hashlib.sha256(post.ledger.encode() + b"\n" + post.body).hexdigest()
        if key in self._keys:
            return self._repeat(key, digest)
        body = _document(post.body)
        if body is None:
            return _problem(
                422, "invalid", "内容缺少编号、状态或时间", "no, state or at is missing"
            )
        self._append({"ledger": post.ledger, "key": key, "digest": digest, "body": body})
        return PlatformAnswer(201, {"stored": True, "no": body["no"]})

    def rows(self, ledger: Ledger, last: int | None = None) -> list[dict[str, Any]]:
        """Rows in the order of their first arrival; `last`: only so many, newest first."""
        rows = list(self._rows[ledger].values())
        if last is not None:
            rows = rows[::-1][:last]
        return [row.view() for row in rows]

    def summary(self) -> dict[str, Any]:
        counts = {ledger: len(rows) for ledger, rows in self._rows.items()}
        return {"mode": self.mode, "refused": self.refused, "counts": counts}

    def _is_signed(self, post: Post, key: str) -> bool:
        time = post.headers.get("X-Yimen-Time", "")
        given = post.headers.get("X-Yimen-Signature", "")
        if not key or not key.isascii() or not time.isascii() or not time.isdigit():
            return False
        if abs(int(time[:12]) - self._wall_s()) > SKEW_S:
            return False
        right = sign(self._secret, time, key, post.ledger, post.body)
        # aiohttp gives bytes that are no UTF-8 as lone surrogates.
        return hmac.compare_digest(given.encode(errors="surrogateescape"), right.encode())

    def _repeat(self, key: str, digest: str) -> PlatformAnswer:
        first_digest, _, no = self._keys[key]
        if first_digest != digest:
            self.refused += 1
            return _problem(422, "key_reused", "同一键下内容不同", "same key, another body")
        self._append({"duplicate": key})
        return PlatformAnswer(200, {"duplicate": True, "no": no})

    def _append(self, entry: dict[str, Any]) -> None:
        entry |= {"received_at": stamp(self._now())}
        self._journal.append(entry)
        self._fold(entry)

    def _fold(self, entry: dict[str, Any]) -> None:
        if "duplicate" in entry:
            _, ledger, no = self._keys[entry["duplicate"]]
            self._rows[ledger][no].duplicates += 1
            return
        ledger, body = entry["ledger"], entry["body"]
        no = str(body["no"])
        self._keys[entry["key"]] = (entry["digest"], ledger, no)
        row = self._rows[ledger].setdefault(no, _Row({}))
        row.take(body)
        row.document["received_at"] = entry["received_at"]


def _document(body: bytes) -> dict[str, Any] | None:
    """The JSON object of a post when it has what every post must have."""
    try:
        document = json.loads(body)
        json.dumps(document, ensure_ascii=False).encode()  # half a character cannot be stored
    except (ValueError, RecursionError):
        return None
    needed: dict[str, Callable[[Any], bool]] = {
        "no": lambda value: isinstance(value, str) and value != "",
        "state": lambda value: isinstance(value, str),
        "at": lambda value: isinstance(value, str),
    }
    if not isinstance(document, dict):
        return None
    return document if all(fits(document.get(name)) for name, fits in needed.items()) else None


def _problem(status: int, code: str, detail: str, detail_en: str) -> PlatformAnswer:
    document = {"type": "about:blank", "title": code, "status": status, "code": code}
    return PlatformAnswer(status, document | {"detail": detail, "detail_en": detail_en})
