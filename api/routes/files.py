"""Files: the offline map, what is shown as CSV, exports of the whole run, the style sheet."""

import re
from html import unescape
from importlib.resources import files
from typing import Annotated

import pandas as pd
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import FileResponse, RedirectResponse

from api.answers import answer, as_download
from api.pages import lists, units
from api.pages.asked import Listed, Spoken, Units
from api.pages.drawing import HTML, link
from api.problems import Problem
from api.rendering import FORMATS, NAME
from api.routes.here import Latest, OnShelf
from geo.provenance import Run
from geo.write import csv_bytes
from maps.tables import columns_of_run

router = APIRouter(include_in_schema=False)
CSV = "text/csv; charset=utf-8"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
MEDIA = {
    ".gpkg": "application/geopackage+sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".geojson": "application/geo+json", ".csv": CSV, ".json": "application/json",
}  # fmt: skip


@router.get("/xa.csv")
def communes_csv(request: Request, seen: Latest, asked: Annotated[Units, Query()]) -> Response:
    """The communes that the table shows, all pages."""
    return as_csv(request, units.as_table(seen, "commune", asked).plain(asked.lang), seen.run, "xa")


@router.get("/thon.csv")
def villages_csv(request: Request, seen: Latest, asked: Annotated[Units, Query()]) -> Response:
    """The villages that the table shows, all pages."""
    return as_csv(request, units.as_table(seen, "village", asked).plain(asked.lang), seen.run, "thon")


@router.get("/can-dau-tu.csv")
def needs_csv(request: Request, seen: Latest, asked: Annotated[Listed, Query()]) -> Response:
    """The investment list as shown, all pages."""
    return as_csv(request, lists.needs_as_table(seen, asked).plain(asked.lang), seen.run, "can-dau-tu")


@router.get("/con-thieu-du-lieu.csv")
def missing_csv(request: Request, seen: Latest, asked: Annotated[Listed, Query()]) -> Response:
    """The missing data as shown, all pages."""
    return as_csv(request, lists.missing_as_table(seen, asked).plain(asked.lang), seen.run, "con-thieu-du-lieu")


def as_csv(request: Request, frame: pd.DataFrame, run: Run, name: str) -> Response:
    """A frame as CSV for spreadsheets: UTF-8 with BOM, no text that a spreadsheet would run, the run in every row."""
    content = csv_bytes(frame, provenance=columns_of_run(run))
    return answer(request, content, CSV, headers=as_download(f"{name}-{run.id[:12]}.csv"))


@router.get("/ban-do")
def map_page(asked: Annotated[Spoken, Query()]) -> Response:
    """The map lies in a folder of its own, as it links to files beside it."""
    return RedirectResponse(link(f"/ban-do/{NAME}.html", {"lang": asked.lang}))


@router.get("/ban-do/{name}")
def map_file(request: Request, seen: Latest, kept: OnShelf, name: str, asked: Annotated[Spoken, Query()]) -> Response:
    """The offline map, or one of the maps beside it."""
    found = {path.name: path for path in kept.drawn(seen.run.id, asked.lang)}
    if name not in found:
        raise Problem("not_found")
    text = found[name].read_text(encoding="utf-8")
    return answer(request, text, HTML, headers={"content-security-policy": policy(text)})


def policy(page: str) -> str:
    """The policy that a map states for itself, by the hashes of its own parts, and who may frame it."""
    said = POLICY.search(page, 0, 20_000)
    own = unescape(said[1]) if said else "default-src 'none'"
    return f"{own}; frame-ancestors 'self'"


@router.get("/tai-ve/{form}/{name}")
def download(kept: OnShelf, seen: Latest, form: str, name: str, asked: Annotated[Spoken, Query()]) -> Response:
    """One file of an export of the whole run."""
    if form not in FORMATS:
        raise Problem("not_found")
    found = {path.name: path for path in kept.exported(seen.run.id, asked.lang, form)}
    if name not in found:
        raise Problem("not_found")
    path = found[name]
    return FileResponse(path, media_type=MEDIA.get(path.suffix), filename=path.name)


@router.get("/static/{name}")
def static(request: Request, name: str) -> Response:
    """The style sheet and the icon."""
    if name not in STATIC:
        raise Problem("not_found")
    content = files("api.pages").joinpath("static", name).read_bytes()
    return answer(request, content, STATIC[name], headers={"cache-control": "public, max-age=300"})


@router.get("/favicon.ico")
def icon(request: Request) -> Response:
    """The icon that browsers ask for."""
    return static(request, "icon.svg")


STATIC = {"site.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
