"""A file of JSON lines that a killed process may leave with half a line at its end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Journal:
    """Append-only; one JSON object a line, UTF-8."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.entries = list(self._read())
        """What stood in the file when it was opened."""

    def append(self, entry: dict[str, Any]) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _read(self) -> list[dict[str, Any]]:
        if not self._file.exists():
            return []
        data = self._file.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:  # cut off, or the next entry would be glued to it
            self._file.write_bytes(whole)
        return [json.loads(line) for line in whole.decode("utf-8").splitlines() if line]
