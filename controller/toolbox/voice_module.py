"""Ask a serial voice module how it fares, and let it say a sentence."""

from __future__ import annotations

from config.settings import Speaker
from controller.toolbox.sheet import Row
from controller.toolbox.site import Site, ToolError
from devices.link import DeviceError
from devices.player import PlayerError
from devices.voice_module import VoiceModule

SENTENCE = "语音测试"


async def ask_voice_module(site: Site, row: Speaker, line: str, test: bool) -> Row:
    """Probe or test the module of a loudspeaker on its line."""
    try:
        async with site.open(site.settings.line(line)) as link:
            module = VoiceModule(link, site.settings.texts.readings)
            if test:
                await module.play(await module.render(SENTENCE, SENTENCE))
                return Row(row.device_id, "look", "应听到“语音测试”。",
                           "A sentence should have been heard.")  # fmt: skip
            if await module.answers():
                return Row(row.device_id, "good", "语音模块应答了。", "The voice module answers.")
    except ToolError as error:
        zh, _, en = str(error).partition("。 ")
        return Row(row.device_id, "bad", f"{zh}。", en)
    except (DeviceError, PlayerError) as error:
        return Row(row.device_id, "bad", "语音模块说不了话：查电源和插头。",
                   f"The module cannot speak: check power and plug ({error}).")  # fmt: skip
    return Row(row.device_id, "bad", "语音模块不应答：查电源、插头和波特率。",
               "The voice module does not answer: check power, plug and baud.")  # fmt: skip
