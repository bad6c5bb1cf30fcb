"""The table that people write into the description balloon of a placemark (KML): names and values."""

import re
from html.parser import HTMLParser

PAIR = re.compile(r"\s*([^:=]{1,60}?)\s*[:=]\s*(.*)", re.DOTALL)
BREAKS = {"br", "p", "div", "li", "tr"}


class Cells(HTMLParser):
    """The cells of table rows, and the lines of text outside tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self.lines: list[str] = [""]
        self.inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A new row, cell or line."""
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.inside += 1
        if tag in BREAKS:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag in ("td", "th") and self.inside:
            self.inside -= 1
        if tag in BREAKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        """Text of a cell or a line."""
        if self.inside and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
        else:
            parts = data.split("\n")
            self.lines[-1] += parts[0]
            self.lines += parts[1:]


def described(text: str) -> dict[str, str]:
    """Name → value of every table row with two cells, else of every line "name: value"; {} where it says neither."""
    parser = Cells()
    parser.feed(text)
    parser.close()
    rows = [[" ".join(cell.split()) for cell in row] for row in parser.rows]
    pairs = {row[0]: row[1] for row in rows if len(row) == 2 and row[0]}
    if pairs:
        return pairs
    if len(rows) == 2 and len(rows[0]) == len(rows[1]) > 2:  # headings above, values below
        return dict(zip(*rows, strict=True))
    lines = [" ".join(line.split()) for line in parser.lines]
    found = [PAIR.fullmatch(line) for line in lines if line]
    if not found or not all(found):
        return {}
    return {m[1]: m[2] for m in found if m}
