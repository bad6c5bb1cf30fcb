"""The pictures of pages: each one stands in docs/pages.md, and each one named there is there and small."""

import re
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"
MOST = 6_000_000  # bytes of all together


def test_every_picture_of_a_page_is_shown_once_and_they_are_small():
    named = re.findall(r"\(images/pages/([^)]+)\)", (DOCS / "pages.md").read_text(encoding="utf-8"))
    there = {path.name: path.stat().st_size for path in (DOCS / "images" / "pages").glob("*.png")}
    assert sorted(named) == sorted(there)
    assert sum(there.values()) < MOST
