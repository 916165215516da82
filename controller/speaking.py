"""The loudspeakers of a hall: voices, players and phrases from the hall file, for the reactors."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path

from config.settings import Settings, Speaker
from controller.bench import Bench
from controller.board_sound import BoardSound
from controller.lines import Lines
from controller.reactors.announcing import Announcing
from controller.reactors.ground import Ground
from controller.reactors.loudspeaker import Loudspeaker, Manner, Sayable, SpeakingVoice, Words
from controller.reactors.rehearsing import Rehearsing
from controller.reactors.self_testing import Check
from controller.self_test import sound_check
from devices.clip_making import SYNTHESISED, make_set
from devices.clip_set import Recordings, words_of
from devices.player import NoPlayer, Player, SimPlayer, player_for
from devices.reading import (
    ENGLISH_READINGS,
    cardinal,
    english_cardinal,
    english_number,
    number_reading,
)
from devices.spare_clips import SpareClips
from devices.voice import PATIENT, Engines, Voice
from devices.voice_module import VoiceModule

logger = logging.getLogger(__name__)

Task = tuple[str, Callable[[], Awaitable[None]]]

VOICES = {"en": "en"}
"""Which voice speaks a language when the hall file names none; Mandarin's is the default."""


def call_words(settings: Settings, speaker: Speaker, call: Sayable) -> Words:
    """Return a call as people read it and as the voice is given it (domain.md 5.3)."""
    kind = "call" if call.call == 1 else "recall"
    phrase = getattr(speaker, kind) or settings.texts.phrases[speaker.phrase_key(kind)]
    read = phrase.format(number=call.number, counter=call.counter)
    if speaker.language == "en":
        counter = english_cardinal(call.counter)
        spoken = phrase.format(number=english_number(call.number), counter=counter)
    else:
        number = number_reading(call.number, speaker.yao)
        spoken = phrase.format(number=number, counter=cardinal(call.counter))
    return Words(read, spoken)


def set_words(settings: Settings, name: str) -> tuple[str, ...]:
    """Return the words that the loudspeakers with a set of recorded words need of it."""
    words: list[str] = []
    phrases = settings.texts.phrases
    for speaker in settings.speakers:
        if speaker.recorded == name:
            own = (speaker.call, speaker.recall)
            shipped = (phrases[speaker.phrase_key(kind)] for kind in ("call", "recall"))
            said = (mine or theirs for mine, theirs in zip(own, shipped, strict=True))
            words += words_of(speaker.language, said)
    return tuple(dict.fromkeys(words)) or words_of("zh", (phrases["call"], phrases["recall"]))


class Speaking:
    """All loudspeakers of a hall; `tasks` are their reactors in the order of their start."""

    def __init__(
        self, settings: Settings, ground: Ground, lines: Lines, bench: Bench | None, folder: Path
    ) -> None:
        self._settings = settings
        self._ground = ground
        self._lines = lines
        self._bench = bench
        self._folder = folder
        self._voices: list[Voice] = []
        self._loudspeakers: dict[str, Loudspeaker] = {}
        self._spares = SpareClips()
        self.tasks: list[Task] = []
        self.boards: dict[str, BoardSound] = {}
        """The areas in which a board's page may make the sound."""

    def wire(
        self,
        speaker: Speaker,
        voices: Mapping[str, SpeakingVoice],
        players: Mapping[str, Player],
    ) -> None:
        """Make the drivers of a loudspeaker; `voices` and `players` are a test's own, by id."""
        voice, player = voices.get(speaker.id), players.get(speaker.id)
        if speaker.output == "module":
            assert speaker.line is not None
            module = VoiceModule(self._lines.link(speaker.line), self._settings.texts.readings)
            voice, player = voice or module, player or module
        ahead = None
        if voice is None:
            voice = made = self._voice(speaker, Engines())
            ahead = self._voice(speaker, PATIENT) if speaker.ahead else None
            self._prepare(speaker, made)
        if player is None:
            player = self._player(speaker)
        if isinstance(player, NoPlayer | SimPlayer):
            # Nobody hears these: a board of the area may be given the sound.
            self.boards[speaker.area] = BoardSound()
        loudspeaker = Loudspeaker(
            speaker.device_id,
            speaker.area,
            voice,
            player,
            lambda call: call_words(self._settings, speaker, call),
            self._manner(speaker),
            SpareClips() if speaker.output == "module" else self._spares,
            voice if isinstance(voice, Voice) and player.grows and speaker.chime else None,
        )
        self._loudspeakers[speaker.device_id] = loudspeaker
        self._ground.supervising.measure(speaker.device_id, loudspeaker.traffic)
        place = self._ground.place(f"voice:{speaker.id}")
        announcing = Announcing(loudspeaker, place, self._ground)
        self.tasks.append((f"announcing {speaker.id}", announcing.run))
        if ahead is not None:
            rehearsing = Rehearsing(loudspeaker, ahead, self._ground)
            self.tasks.append((f"rehearsing {speaker.id}", rehearsing.run))

    def _player(self, speaker: Speaker) -> Player:
        if speaker.output == "board":
            sound = self.boards[speaker.area] = BoardSound(speaker.board)
            return sound
        return player_for(speaker.output, self._speaker_url(), speaker.id)

    @property
    def loudspeakers(self) -> Mapping[str, Loudspeaker]:
        """Device -> its loudspeaker."""
        return self._loudspeakers

    async def start(self) -> None:
        """Make what has to lie ready before the first call."""
        try:
            await asyncio.to_thread(self._spares.make_blocking, self._folder)
        except OSError as error:
            logger.error("the chime cannot be kept ready: %s", error)

    @property
    def checks(self) -> dict[str, Check]:
        """The self-test's questions to the loudspeakers, by their names."""
        return {
            device: sound_check(self._ground, loudspeaker)
            for device, loudspeaker in self._loudspeakers.items()
        }

    async def stop(self) -> None:
        """End the voices."""
        for voice in self._voices:
            await voice.stop()

    def _voice(self, speaker: Speaker, engines: Engines) -> Voice:
        name = speaker.voice
        if "voice" not in speaker.model_fields_set:
            name = VOICES.get(speaker.language, name)
        voice = Voice(
            self._folder,
            name,
            speaker.rate,
            engines,
            self._recordings(speaker),
            ENGLISH_READINGS if speaker.language == "en" else self._settings.texts.readings,
        )
        self._voices.append(voice)
        return voice

    def _recordings(self, speaker: Speaker) -> Recordings | None:
        if speaker.recorded is None:
            return None
        words = set_words(self._settings, speaker.recorded)
        return Recordings(self._folder / "sets" / speaker.recorded, words)

    def _prepare(self, speaker: Speaker, voice: Voice) -> None:
        if voice.recorded is None:
            return
        recordings = voice.recorded

        async def prepare() -> None:
            if speaker.recorded == SYNTHESISED:
                await make_set(voice, recordings.folder, recordings.wanted)
            await recordings.read()

        self.tasks.append((f"recordings {speaker.id}", prepare))

    def _manner(self, speaker: Speaker) -> Manner:
        zone = self._settings.hall.zone

        def volume_at(at: int) -> int:
            return speaker.volume_at(f"{datetime.fromtimestamp(at / 1000, zone):%H:%M}")

        return Manner(speaker.times, speaker.chime, speaker.recall_times, volume_at)

    def _speaker_url(self) -> Callable[[], str] | None:
        bench = self._bench
        return None if bench is None else lambda: bench.address("speaker")
