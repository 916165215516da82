"""Write what a tool found into the hall file: checked whole before the old text is replaced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from config.settings import ConfigErrors, Settings, load
from controller.toolbox.site import ToolError


def need_own_file(settings: Settings) -> None:
    """Refuse to change the demo hall that comes with the product."""
    if settings.path.name == "demo.toml":
        raise ToolError(
            "这个工具会改大厅文件，请用 --config 写明您的文件。 "
            "This tool changes the hall file: name yours with --config."
        )


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Change a hall file; the old one stays beside it as .bak. ToolError: it would be wrong."""
    old = path.read_text(encoding="utf-8")
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(change(old), encoding="utf-8")
    try:
        load(fresh)
    except ConfigErrors as error:
        fresh.unlink()
        raise ToolError(
            "改后的大厅文件有错，没有保存： "
            f"The changed hall file is wrong and was not kept:\n{error}"
        ) from error
    path.with_name(f"{path.name}.bak").write_text(old, encoding="utf-8")
    fresh.replace(path)
