"""Typed keys of what the web application carries."""

from typing import Any

from aiohttp import web

HALL: web.AppKey[Any] = web.AppKey("hall", object)
"""The running hall; pages read its `settings`."""
