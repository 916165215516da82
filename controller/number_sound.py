"""A ticket's number as sound, for people whom no paper tells it: "您的号，E 零零一"."""

import logging
from collections.abc import Mapping, Sequence

from config.settings import Settings, Speaker
from controller.clock import Clock
from controller.domain.events import TicketIssued
from controller.reactors.loudspeaker import Loudspeaker, Words
from devices.player import PlayerError
from devices.reading import english_number, number_reading
from devices.voice import Clip

logger = logging.getLogger(__name__)


def number_words(settings: Settings, speaker: Speaker, number: str) -> Words:
    """Return a number as people read it and as the voice is given it, digit by digit."""
    phrase = settings.texts.phrases[speaker.phrase_key("number")]
    english = speaker.language == "en"
    spoken = english_number(number) if english else number_reading(number, speaker.yao)
    return Words(phrase.format(number=number), phrase.format(number=spoken))


class NumberSound:
    """Says numbers by the hall's loudspeakers (device -> loudspeaker), or gives the clip."""

    def __init__(
        self, settings: Settings, loudspeakers: Mapping[str, Loudspeaker], clock: Clock
    ) -> None:
        self._settings = settings
        self._loudspeakers = loudspeakers
        self._clock = clock

    async def clip(self, number: str, service: str) -> Clip | None:
        """Return the clip by a voice of the service's area, else of any; None: nobody speaks."""
        area = self._settings.service(service).area
        speakers = [one for one in self._speakers() if one.output != "module"]
        speakers.sort(key=lambda one: one.area != area)
        for speaker in speakers[:1]:
            words = number_words(self._settings, speaker, number)
            voice = self._loudspeakers[speaker.device_id].voice
            try:
                clip = await voice.render(words.text, words.spoken, 1, False)
            except OSError as error:
                logger.error("the number %s cannot be spoken: %s", number, error)
                return None
            return None if clip.voice == "chime" else clip
        return None

    async def tell(self, issued: TicketIssued) -> bool:
        """Say a number in the area of its service; False when nothing was heard of it."""
        area = self._settings.service(issued.service).area
        speaker = next((one for one in self._speakers() if one.area == area), None)
        if speaker is None:
            return False
        loudspeaker = self._loudspeakers[speaker.device_id]
        words, manner = number_words(self._settings, speaker, issued.number), loudspeaker.manner
        volume = manner.volume_at(self._clock.now())
        try:
            clip = await loudspeaker.voice.render(
                words.text, words.spoken, manner.times, manner.chime, volume
            )
            async with loudspeaker.turn:
                await loudspeaker.player.play(clip)
        except (OSError, PlayerError) as error:
            logger.warning("the number %s was not told: %s", issued.number, error)
            return False
        return clip.voice != "chime"

    def _speakers(self) -> Sequence[Speaker]:
        return [one for one in self._settings.speakers if one.device_id in self._loudspeakers]
