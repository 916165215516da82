"""The one table of characters that a device cannot print or show, and what stands in for them.

Printers take GB18030, of which only the two-byte codes are in their fonts; LED cards take
strict GB2312. Python's gb2312 codec knows A1A4 as U+30FB and A1AA as U+2015, while people
type U+00B7 and U+2014 (which gb18030 gives those very bytes): both must reach the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Charset = Literal["gb18030", "gb2312"]

# What is typed -> what is printed, in every charset. Kept short: each line is a change of text.
REPLACEMENTS: Mapping[str, str] = MappingProxyType(
    {
        "–": "～",  # en dash: ranges are written with ～
        "〜": "～",  # the wave dash of Japanese keyboards
        "☐": "□",
        "☑": "√",
        "¥": "元",  # the half-width sign has a four-byte code; ￥ would be read as yen by some
        "・": "·",  # one point for both, so that gb2312 and gb18030 give A1A4
        "―": "—",
        "\u00a0": " ",
    }
)

# GB2312 codes that Python's codec gives to other characters than the ones that people type.
_GB2312_BYTES: Mapping[str, bytes] = MappingProxyType({"·": b"\xa1\xa4", "—": b"\xa1\xaa"})


class UnencodableText(ValueError):  # noqa: N818  # the name is what is wrong with it
    """A text with characters that the device has no sign for.

    `chars` holds each of them once, in order of appearance.
    """

    def __init__(self, text: str, chars: str) -> None:
        self.text = text
        self.chars = chars
        super().__init__(f"no sign for {chars!r} in {text!r}")


def plain_text(text: str, charset: Charset) -> str:
    """The text as a person reads it on the device, after replacement.

    Raises UnencodableText naming every character that has no sign there.
    """
    plain = "".join(REPLACEMENTS.get(char, char) for char in text)
    lost = dict.fromkeys(char for char in plain if _code(char, charset) is None)
    if lost:
        raise UnencodableText(text, "".join(lost))
    return plain


def printable_text(text: str, charset: Charset, missing: str) -> str:
    """As `plain_text`, with the sign `missing` in the place of what the device has no sign for."""
    try:
        return plain_text(text, charset)
    except UnencodableText as error:
        known = "".join(REPLACEMENTS.get(char, char) for char in text)
        return "".join(missing if char in error.chars else char for char in known)


def encode_text(text: str, charset: Charset) -> bytes:
    """The bytes of the text for a device.

    Only "\\n" of the control characters passes: any other could be a command to the device.
    """
    return b"".join(_code(char, charset) or b"" for char in plain_text(text, charset))


def decode_text(data: bytes) -> str:
    """What a device shows for these bytes: GB18030, of which GB2312 is a part.

    Bytes that are no text become U+FFFD.
    """
    return data.decode("gb18030", errors="replace")


def _code(char: str, charset: Charset) -> bytes | None:
    if char == "\n" or " " <= char <= "~":
        return char.encode("ascii")
    if charset == "gb2312" and char in _GB2312_BYTES:
        return _GB2312_BYTES[char]
    # U+E000…U+F8FF have two-byte codes, but no font has anything in them.
    if char < "\u00a0" or "\ue000" <= char <= "\uf8ff":
        return None
    try:
        code = char.encode(charset)
    except UnicodeEncodeError:
        return None
    return code if len(code) == 2 else None
