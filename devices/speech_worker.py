"""The child process that speaks: pyttsx3 renders one phrase after another into WAV files.

A process of its own, because the speech engine may hang or crash, allows one initialisation per
process, and prints on stdout whatever it likes (measured.md 3f). It lives on between phrases.

Protocol, one JSON object a line, on stdin and on what was stdout at the start (stdout itself is
turned to stderr before the engine is loaded)::

    -> {"id": 7, "text": "请A 零 零 一号", "voice": "cmn-latn-pinyin", "rate": 150, "path": "…"}
    <- {"id": 7, "ok": true}      or      {"id": 7, "ok": false, "error": "no voice …"}

End of stdin ends the process at once, even in the middle of a phrase.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import wave
from typing import IO, Any

import pyttsx3

LONGEST_S = 30.0
PATIENCE = 15
"""How far behind everything else a patient child stands."""


def main() -> None:
    """Answer requests until stdin ends. Run by `python -m devices.speech_worker [--patient]`."""
    if "--patient" in sys.argv and hasattr(os, "nice"):
        os.nice(PATIENCE)
    answers = _take_over_stdout()
    requests: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    engine = pyttsx3.init()
    while True:
        request = json.loads(requests.get())
        answer = {"id": request["id"], "ok": True}
        try:
            _speak(engine, request)
        except Exception as error:
            answer |= {"ok": False, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


def _take_over_stdout() -> IO[str]:
    """The real stdout for answers alone; what libraries print goes to stderr from here on."""
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _read_requests(requests: queue.Queue[str]) -> None:
    """In a thread, so that the end of stdin is seen while the engine is busy or stuck."""
    for line in sys.stdin.buffer:
        requests.put(line.decode("utf-8"))
    os._exit(0)


def _speak(engine: Any, request: dict[str, Any]) -> None:
    engine.setProperty("voice", _voice_id(engine, request["voice"]))
    engine.setProperty("rate", request["rate"])
    ended = threading.Event()
    listening = engine.connect("finished-utterance", lambda **told: ended.set())
    try:
        engine.save_to_file(request["text"], request["path"])
        engine.runAndWait()
        # It comes back while its engine's thread still speaks; what is in the file then is a
        # part, or nothing. Who waits for this process ends it when it takes too long.
        if not ended.wait(LONGEST_S) or not _has_sound(request["path"]):
            raise RuntimeError("the engine wrote no sound")
    finally:
        engine.disconnect(listening)


def _has_sound(path: str) -> bool:
    """Whether a WAV file has samples."""
    try:
        with wave.open(path, "rb") as file:
            return file.getnframes() > 0
    except (OSError, EOFError, wave.Error):
        return False


def _voice_id(engine: Any, name: str) -> str:
    """The engine's id of a voice: itself, or with a folder before it (sit/cmn-latn-pinyin).

    The engine takes any id in silence and then reads Hanzi as English letters.
    """
    ids = [str(voice.id) for voice in engine.getProperty("voices")]
    for each in ids:
        if each == name or each.endswith(f"/{name}"):
            return each
    raise LookupError(f"no voice {name} among {len(ids)}")


if __name__ == "__main__":
    main()
