"""One set of icons for all pages: Lucide (ISC, copied to web/vendor at set-up) and our own.

The page carries the icons that it uses as one inline sprite, so that they are there even when
the service is not. Without web/vendor the icons of Lucide are missing and the words remain.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from markupsafe import Markup

VENDOR = Path(__file__).parent / "vendor" / "lucide"

OWN = {
    "mark": (
        '<path d="M3 21V5.5L12 2.5l9 3V21h-4.5V9.5h-9V21z" fill="currentColor" stroke="none"/>'
        '<path d="M9.8 21v-8.5h4.4V21z" fill="currentColor" stroke="none" opacity=".55"/>'
    ),
    "elder": (
        '<circle cx="10" cy="4" r="2"/><path d="M8 21v-6l-1.500-2.500L8 8.500h3l2.500 3.500H16"/>'
        '<path d="m8 15 3 2.500V21"/><path d="M15.500 14v-1.300a1.700 1.700 0 0 1 3.400 0V21"/>'
    ),
    "pregnant": (
        '<circle cx="11" cy="4" r="2"/><path d="M10 21v-6.500L8.500 13l.8-4.500h2.400'
        'c0 1.800 3.300 2 3.300 4.300 0 1.700-1.500 2.200-3 2.200V21"/>'
    ),
}

# The product's word for an icon -> the drawing's file in web/vendor/lucide.
LUCIDE = {
    "people": "users",
    "person": "user",
    "infant": "baby",
    "disabled": "accessibility",
    "soldier": "medal",
    "sound": "volume-2",
    "mute": "volume-x",
    "phone": "smartphone",
    "call-phone": "phone",
    "qr": "qr-code",
    "right": "arrow-right",
    "left": "arrow-left",
    "up": "arrow-up",
    "down": "arrow-down",
    "next-page": "chevron-right",
    "previous-page": "chevron-left",
    "warn": "triangle-alert",
    "help": "circle-question-mark",
    "done": "circle-check",
    "next": "step-forward",
    "recall": "megaphone",
    "no-show": "user-x",
    "park": "square-parking",
    "transfer": "shuffle",
    "undo": "undo-2",
    "slip": "receipt",
    "chart": "chart-column",
    "device": "cpu",
    "home": "house",
    "edit": "pencil",
    "board": "monitor",
    "counter": "store",
    "hall": "landmark",
    "bench": "plug-zap",
    "face-5": "laugh",
    "face-4": "smile",
    "face-3": "meh",
    "face-2": "frown",
    "face-1": "angry",
}

PLAIN = [
    "ticket", "clock", "search", "calendar", "printer", "id-card", "check", "x", "info", "pause",
    "play", "list", "bell", "wifi-off", "plug", "download", "globe", "star", "lock", "history",
    "filter", "keyboard", "heart-handshake", "stethoscope", "sprout", "layers", "shield-plus",
    "delete", "file-text", "hourglass", "rotate-ccw", "send", "eye", "server", "cable",
    "accessibility", "circle-pause", "briefcase", "banknote", "megaphone", "hand-helping",
]  # fmt: skip


def sprite(services: Iterable[str] = ()) -> Markup:
    """All icons as `<symbol id="i-…">`; `services` are names of Lucide drawings, as i-NAME too."""
    names = {name: name for name in (*PLAIN, *services)} | LUCIDE
    drawings = {name: _lucide(file) for name, file in names.items()} | OWN
    symbols = "".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{drawing}</symbol>'
        for name, drawing in sorted(drawings.items())
        if drawing
    )
    return Markup(f'<svg hidden aria-hidden="true">{symbols}</svg>')


def _lucide(name: str) -> str:
    path = VENDOR / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        return ""
    drawing = path.read_text(encoding="utf-8").partition("<svg")[2].partition(">")[2]
    return re.sub(r"\s*\n\s*", "", drawing.rpartition("</svg>")[0])
