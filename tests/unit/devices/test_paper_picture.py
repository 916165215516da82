"""The picture of the paper: what a person standing at the printer would see."""

import pytest
from PIL import Image

from devices import paper_picture
from devices.framing.escpos_commands import CommandParser
from devices.paper_picture import ALARM, INK, MARGIN_DOTS, FontError, draw_paper, paper_png


def picture(data: bytes) -> Image.Image:
    return draw_paper(CommandParser().feed(data), 384)


def dark(image: Image.Image) -> tuple[int, int, int, int]:
    """The box of all ink."""
    box = image.convert("L").point([255 if grey < 120 else 0 for grey in range(256)]).getbbox()
    assert box is not None
    return box


def test_the_paper_is_as_wide_as_its_dots_and_margins() -> None:
    assert picture(b"\x1b@A\n").width == 384 + 2 * MARGIN_DOTS


def test_teeth_stand_only_where_the_cut_came() -> None:
    cut = picture(b"\x1b@A\n\x1dVB\x00")
    assert cut.mode == "RGBA"
    assert cut.getpixel((13, cut.height - 1)) != cut.getpixel((26, cut.height - 1))
    assert picture(b"\x1b@A\n").mode == "RGB"
    assert picture(b"\x1b@A\x1dVB\x00").mode == "RGB", "a cut within a line is ignored"


def test_large_text_is_larger_and_double_height_is_stretched() -> None:
    one, four, tall = (
        dark(picture(b"\x1b@" + size + b"A\n")) for size in (b"", b"\x1d!\x33", b"\x1d!\x01")
    )
    assert four[3] - four[1] == pytest.approx(4 * (one[3] - one[1]), abs=6)
    assert tall[3] - tall[1] == 2 * (one[3] - one[1])
    assert tall[2] - tall[0] == one[2] - one[0]


def test_text_stands_where_it_was_aligned() -> None:
    left, centre, right = (
        dark(picture(b"\x1b@\x1ba" + bytes([side]) + b"A\n")) for side in (0, 1, 2)
    )
    assert left[0] < 60 < centre[0] < 300 < right[0]
    assert centre[0] + centre[2] == pytest.approx(384 + 2 * MARGIN_DOTS, abs=4)


def test_reverse_and_underline_are_drawn() -> None:
    def ink(data: bytes) -> int:
        return sum(pixel == INK for pixel in picture(data).get_flattened_data())

    plain = ink(b"\x1b@AA\n")
    assert ink(b"\x1b@\x1b-\x01AA\n") > plain
    assert ink(b"\x1b@\x1dB\x01AA\n") > 24 * 24 - plain - 50
    assert ink(b"\x1b@\x1bE\x01AA\n") > plain


@pytest.mark.parametrize("number", [b"A001", b"A004", b"A008", b"WWWW"])
def test_bold_goes_to_the_right_and_never_round_to_the_left(number: bytes) -> None:
    plain, bold = (
        dark(picture(b"\x1b@\x1d!\x33" + weight + number + b"\n")) for weight in (b"", b"\x1bE\x01")
    )
    assert (bold[0], bold[1], bold[3]) == (plain[0], plain[1], plain[3])
    assert plain[2] <= bold[2] <= plain[2] + 4


def test_bytes_that_mean_nothing_are_shown_in_a_red_frame() -> None:
    image = picture(b"\x1b@\x81\x30\x84\x36\n")
    assert ALARM in set(image.get_flattened_data())
    assert ALARM not in set(picture(b"\x1b@A\n").get_flattened_data())


def test_a_raster_image_is_drawn_dot_by_dot() -> None:
    box = dark(picture(b"\x1b@\x1dv0\x00\x02\x00\x08\x00" + b"\xff" * 16))
    assert (box[2] - box[0], box[3] - box[1]) == (16, 8)


def test_feeding_makes_the_paper_longer() -> None:
    assert picture(b"\x1b@A\n\x1bJ\x50").height == picture(b"\x1b@A\n").height + 80
    assert picture(b"\x1b@A\x1bd\x03").height == picture(b"\x1b@A\n").height + 68


def test_a_machine_without_chinese_fonts_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_picture, "_FONTS", ("/no/such/font.ttc",))
    for cache in (paper_picture._font_file, paper_picture._font, paper_picture._glyph):
        cache.cache_clear()
    with pytest.raises(FontError, match="fonts-noto-cjk"):
        paper_png(CommandParser().feed(b"A\n"))
