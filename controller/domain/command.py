"""What every command has: a digest, so that a repeat under the same key is recognised."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Command:
    """Base of all commands."""

    fresh: ClassVar[tuple[str, ...]] = ()

    def digest(self) -> str:
        """Return the SHA-256 (hex) of the command's type and its lasting fields."""
        fields = {name: value for name, value in asdict(self).items() if name not in self.fresh}
        text = json.dumps([type(self).__name__, fields], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def histories(self) -> tuple[str, ...]:
        """Return the subjects whose past events the decider must see."""
        return ()
