"""Templates, texts and static files of all pages."""

import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web
from markupsafe import Markup

from config.settings import Settings
from web.icons import sprite
from web.keys import HALL

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = FOLDER / "templates"

# A page runs its own files only; `data:` pictures are the rings and hatches drawn in the CSS.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FOREVER = "public, max-age=31536000, immutable"
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Faces:
    """What all pages of one application share."""

    templates: jinja2.Environment
    version: str
    icons: Markup


FACES: web.AppKey[Faces] = web.AppKey("faces", Faces)


def add_routes(app: web.Application) -> None:
    """Serve the static files and make the templates ready; call once, before the other pages."""
    app[FACES] = _faces(app[HALL].settings)
    app.router.add_get("/static/{version}/{name:[a-z0-9._-]+}", _static)


def render(request: web.Request, template: str, /, **context: Any) -> web.Response:
    """Fill a template.

    It knows `hall` (config.models.Hall), `settings`, `lang` ("zh", or "en" by `?lang=en`),
    `t("kiosk.title", n=5)`, `en("kiosk.title")` for the English line below a Chinese one,
    `static("kiosk.js")`, `icons` (the sprite) and `carry(id, data)` (data for the page's script).
    `texts=("kiosk",)` carries those message groups in both languages to words.js.
    """
    faces = request.app[FACES]
    settings: Settings = request.app[HALL].settings
    lang = "en" if request.query.get("lang") == "en" else "zh"

    def text(key: str, **values: object) -> str:
        return settings.texts.message(lang, key, **values)

    def english(key: str, **values: object) -> str:
        return settings.texts.message("en", key, **values)

    groups: tuple[str, ...] = context.pop("texts", ())
    status: int = context.pop("status", 200)
    page = faces.templates.get_template(template).render(
        settings=settings,
        hall=settings.hall,
        lang=lang,
        t=text,
        en=english,
        static=lambda name: f"/static/{faces.version}/{name}",
        icons=faces.icons,
        carry=carry,
        texts={code: settings.texts.page(code, *groups) for code in LANGUAGES},
        **context,
    )
    return web.Response(text=page, content_type="text/html", headers=HEADERS, status=status)


def carry(name: str, data: object) -> Markup:
    """Data for a page's script. It is no script, so a strict content policy lets it stand."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # "</script>" and "<!--" inside a text must not end the element.
    safe = Markup(text.replace("<", "\\u003c"))
    return Markup('<script type="application/json" id="{}">{}</script>').format(name, safe)


def _faces(settings: Settings) -> Faces:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    icons = sprite(service.icon for service in settings.services)
    return Faces(templates, _version(), icons)


def _version() -> str:
    """A digest of all static files.

    It stands in the path, so that a module's relative imports stay in the same version.
    """
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


async def _static(request: web.Request) -> web.StreamResponse:
    path = STATIC / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    fresh = request.match_info["version"] == request.app[FACES].version
    headers = {
        "Cache-Control": FOREVER if fresh else "no-cache",
        "Content-Type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(path, headers=headers)
