"""A hall file under the sign of practice: what stays real, what is simulated, what it says."""

from pathlib import Path

from config.settings import Settings, load
from tests.fixtures.hall_files import CONFIG, DEMO, write_tree

REAL = "/dev/serial/by-path/usb-0:1"


def real_hall(folder: Path) -> Settings:
    """The demo hall with real ports on every line, as a hall would have them."""
    tree = dict(DEMO)
    tree["items"] = str(CONFIG / "items-demo.toml")
    tree["lines"] = [
        line | {"port": f"{REAL}.{no}"} for no, line in enumerate(tree["lines"], 1)
    ]
    tree["speakers"] = [speaker | {"output": "system"} for speaker in tree["speakers"]]
    tree["platform"] = tree["platform"] | {
        "url": "https://platform.example.cn/api", "secret": "a-secret-that-is-long-enough",
    }  # fmt: skip
    tree["identity"] = {"mode": "required"}
    return load(write_tree(folder / "hall.toml", tree), practice=True)


def test_what_stands_on_the_counters_stays_real(tmp_path: Path) -> None:
    settings = real_hall(tmp_path)
    ports = {line.protocol: line.port for line in settings.lines}
    assert ports["modbus-rtu"].startswith(REAL)
    assert ports["onbon-bx"].startswith(REAL)
    assert not settings.simulated


def test_paper_sound_and_platform_are_never_touched(tmp_path: Path) -> None:
    settings = real_hall(tmp_path)
    assert [line.port for line in settings.lines if line.protocol == "escpos"] == ["sim://kiosk"]
    assert {speaker.output for speaker in settings.speakers} == {"sim://speaker"}
    assert settings.platform.url == "sim://platform"


def test_it_says_so_and_is_open_for_everybody(tmp_path: Path) -> None:
    settings = real_hall(tmp_path)
    assert settings.practice
    assert settings.hall.name.startswith("练习 ")
    assert settings.texts.message("zh", "led.idle") == "练习"
    assert settings.hours.always_open
    assert settings.identity.mode == "off"
    assert settings.hall.public_url is None


def test_a_hall_is_not_practised_with_unless_asked() -> None:
    settings = load(CONFIG / "demo.toml")
    assert not settings.practice
    assert settings.texts.message("zh", "led.idle") == "热情为您服务"
    assert load(CONFIG / "demo.toml", practice=True).simulated
