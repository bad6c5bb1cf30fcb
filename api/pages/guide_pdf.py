"""A guide as one printed page of A4, with our own font in it."""

from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from geo.words import Lang, say

if TYPE_CHECKING:
    from fpdf import FPDF

FONT = "Be Vietnam Pro"
INK, SOFT, BAR = (28, 37, 48), (85, 96, 109), (18, 57, 91)


def guide_pdf(told: dict[str, Any], lang: Lang, address: str) -> bytes:
    """The PDF of `api.pages.guides.shown`; `address` is where the service is."""
    from fpdf import FPDF  # noqa: PLC0415  needed by no other page

    page = FPDF(format="A4")
    page.set_lang("vi-VN" if lang == "vi" else "en")
    page.set_title(told["title"])
    page.set_margins(20, 18, 20)
    for style, name in (("", "400Regular"), ("B", "600SemiBold")):
        with as_file(files("api.pages").joinpath("fonts", f"BeVietnamPro_{name}.ttf")) as font:
            page.add_font(FONT, style, font)
    page.add_page()
    _line(page, say("Digital infrastructure", lang), 11, BAR, bold=True)
    _line(page, told["title"], 22, INK, bold=True)
    _line(page, told["aim"], 12, SOFT)
    page.ln(4)
    for number, (where, what) in enumerate(told["steps"], start=1):
        top = page.get_y()
        _line(page, f"{number}.", 13, BAR, bold=True)
        page.set_xy(30, top)
        _line(page, what, 12, INK, left=30)
        _line(page, f"{address}{where}", 9.5, SOFT, left=30)
        page.ln(2.5)
    page.ln(2)
    for text in told["good_to_know"]:
        _line(page, f"• {text}", 11, SOFT)
    return bytes(page.output())


def _line(
    page: "FPDF", text: str, size: float, colour: tuple[int, int, int], *, bold: bool = False, left: float = 20
) -> None:
    page.set_font(FONT, "B" if bold else "", size)
    page.set_text_color(*colour)
    page.set_x(left)
    page.multi_cell(0, size * 0.52, text, align="L", new_x="LMARGIN", new_y="NEXT")
