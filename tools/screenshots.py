"""Make the screenshots of docs/pages.md: `python tools/screenshots.py http://127.0.0.1:8000 docs/images/pages`.

The address is of a running `hatangso demo --plan --serve`; the script signs in there as one role after another. It
needs Chromium and the packages of the tests.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

WIDTHS, TALLEST, COLOURS = (1280, 390), 2000, 64
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--lang=vi"]
PATIENT_MS = 600_000  # the first look at a whole province takes a while
QUIET_MS = 700  # for maps, which draw after everything was loaded


class Shot(NamedTuple):
    """A page as a role sees it; `follow` is a link on it to press first: pages of one thing have no fixed address."""

    role: str
    name: str
    path: str
    follow: str = ""


SHOTS = (
    Shot("public", "start", "/"),
    Shot("public", "communes", "/xa"),
    Shot("public", "commune", "/xa", "table tbody th a"),
    Shot("public", "villages", "/thon"),
    Shot("public", "village", "/thon", "table tbody th a"),
    Shot("public", "to-invest", "/can-dau-tu"),
    Shot("public", "missing", "/con-thieu-du-lieu"),
    Shot("public", "progress", "/tien-do"),
    Shot("public", "map", "/ban-do"),
    Shot("public", "find", "/tim?q=dong"),
    Shot("public", "guides", "/huong-dan"),
    Shot("public", "guide", "/huong-dan", "main ul a, main .doors a"),
    Shot("public", "sign-in", "/dang-nhap"),
    Shot("public", "try", "/trai-nghiem"),
    Shot("commune", "home", "/xa-toi"),
    Shot("commune", "village", "/xa-toi", ".checklist li:has(.chip.fail) a"),
    Shot("commune", "declarations", "/xa-toi/khai-bao"),
    Shot("commune", "cases", "/phan-anh"),
    Shot("commune", "plan", "/ke-hoach", "table.units tbody th a"),
    Shot("commune", "remarks", "/bao-sai"),
    Shot("operator", "waiting", "/viec"),
    Shot("operator", "cases", "/phan-anh"),
    Shot("operator", "case", "/phan-anh", "table.cases tbody th a"),
    Shot("operator", "gaps", "/vung-lom"),
    Shot("operator", "plan", "/ke-hoach", "table.units tbody th a"),
    Shot("operator", "filings", "/ke-khai"),
    Shot("operator", "filing", "/ke-khai", "table.units tbody th a"),
    Shot("planner", "waiting", "/viec"),
    Shot("planner", "cases", "/phan-anh"),
    Shot("planner", "case", "/phan-anh?task=decide", "table.cases tbody th a"),
    Shot("planner", "send", "/du-lieu"),
    Shot("planner", "layers", "/du-lieu/lop"),
    Shot("planner", "assessments", "/danh-gia"),
    Shot("planner", "compare", "/danh-gia/so-sanh"),
    Shot("planner", "publish", "/cong-bo"),
    Shot("planner", "plans", "/ke-hoach"),
    Shot("planner", "new-plan", "/ke-hoach/moi"),
    Shot("planner", "plan", "/ke-hoach", "table.units tbody th a"),
    Shot("planner", "compare-plans", "/ke-hoach/so-sanh", "main form button, main .empty a"),
    Shot("police", "cameras", "/camera"),
    Shot("auditor", "log", "/nhat-ky"),
    Shot("admin", "accounts", "/quan-tri"),
    Shot("admin", "account", "/tai-khoan"),
)


def main() -> None:
    """Take them all; a page that fails or is not there ends it."""
    address, out = sys.argv[1].rstrip("/"), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[3:])  # names as role-name; none: all
    shots = [shot for shot in SHOTS if not wanted or f"{shot.role}-{shot.name}" in wanted]
    with opened() as browser:
        for role, own in groupby(shots, key=lambda shot: shot.role):
            context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", service_workers="block")
            context.set_default_timeout(PATIENT_MS)
            page = context.new_page()
            if role != "public":
                sign_in(page, address, role)
            for shot in own:
                for width, image in taken(page, address, shot):
                    (out / f"{shot.role}-{shot.name}-{width}.png").write_bytes(image)
            context.close()


@contextmanager
def opened() -> Iterator[Browser]:
    """Headless Chromium of the system."""
    with sync_playwright() as started:
        found = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-headless-shell"))), None)
        browser = started.chromium.launch(executable_path=found, args=ARGUMENTS, env={**os.environ, "LANGUAGE": "vi"})
        yield browser
        browser.close()


def sign_in(page: Page, address: str, role: str) -> None:
    """Press the button of a role on the page to try the demo."""
    page.goto(f"{address}/trai-nghiem")
    page.locator("form", has=page.locator(f"[name=login][value='thu.{role}']")).locator("button").click()
    page.wait_for_url("**/huong-dan/**")


def taken(page: Page, address: str, shot: Shot) -> Iterator[tuple[int, bytes]]:
    """Width and small PNG of a page at each width, at most so tall."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 860})
        answer = page.goto(address + shot.path)
        if answer is None or answer.status != 200:
            raise Error(f"{shot.path} as {shot.role}: {answer and answer.status}")
        if shot.follow:
            page.locator(shot.follow).first.click()
            page.wait_for_load_state()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(QUIET_MS)
        tall, wide = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
        if wide > width:
            sys.stderr.write(f"{shot.role} {shot.name} is {wide} px wide on {width} px\n")
        clip = {"x": 0, "y": 0, "width": width, "height": min(tall, TALLEST)}
        yield width, smaller(page.screenshot(full_page=True, clip=clip))


def smaller(png: bytes) -> bytes:
    """The same picture with few colours."""
    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main()
