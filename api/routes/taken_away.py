"""What a page of tables shows, all its pages, as CSV and as a workbook: the same rows in the same order."""

import tempfile
from pathlib import Path
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.answers import answer, answer_csv, as_download
from api.pages import lists, units
from api.pages.asked import Listed, Units
from api.problems import Problem
from api.public import Public
from api.publication.published_files import MEDIA
from api.routes.here import Shown
from geo.words import Lang
from maps.tables import Table
from maps.workbook import table_workbook

router = APIRouter(include_in_schema=False)
WAIT_S = 20.0
RESULT = "ket_qua"  # the column of a criterion's result
TITLES = {
    "xa": ("Communes", "Digital infrastructure by commune"),
    "thon": ("Villages", "Digital infrastructure by village"),
    "can-dau-tu": ("Villages to invest in", "Villages to invest in, most people first"),
    "con-thieu-du-lieu": ("Data missing", "Data still missing and who must send it"),
}
_writing = Lock()  # a workbook of all villages takes seconds of a processor


@router.get("/xa.csv")
@router.get("/xa.xlsx")
def communes(request: Request, seen: Shown, asked: Annotated[Units, Query()]) -> Response:
    """The communes that the table shows."""
    return _file(request, units.as_table(seen, "commune", asked), seen, asked.lang)


@router.get("/thon.csv")
@router.get("/thon.xlsx")
def villages(request: Request, seen: Shown, asked: Annotated[Units, Query()]) -> Response:
    """The villages that the table shows."""
    return _file(request, units.as_table(seen, "village", asked), seen, asked.lang)


@router.get("/can-dau-tu.csv")
@router.get("/can-dau-tu.xlsx")
def needs(request: Request, seen: Shown, asked: Annotated[Listed, Query()]) -> Response:
    """The investment list as shown."""
    return _file(request, lists.needs_as_table(seen, asked), seen, asked.lang)


@router.get("/con-thieu-du-lieu.csv")
@router.get("/con-thieu-du-lieu.xlsx")
def missing(request: Request, seen: Shown, asked: Annotated[Listed, Query()]) -> Response:
    """The missing data as shown."""
    return _file(request, lists.missing_as_table(seen, asked), seen, asked.lang)


def _file(request: Request, table: Table, seen: Public, lang: Lang) -> Response:
    """The table in the form that the address ends with; the run stands in every row, or on a sheet of its own."""
    name, _, form = request.url.path.removeprefix("/").rpartition(".")
    called = f"{name}-{seen.run.id[:12]}.{form}"
    if form == "csv":
        return answer_csv(request, table.plain(lang), called, seen.run)
    return answer(request, _workbook(table, seen, TITLES[name], lang), MEDIA[".xlsx"], headers=as_download(called))


def _workbook(table: Table, seen: Public, titles: tuple[str, str], lang: Lang) -> bytes:
    """The table as a workbook; of several criteria only what the page shows of them too, the results."""
    if len({field.criterion for field in table.fields} - {""}) > 1:
        table = table.without(*({field.part for field in table.fields} - {"", RESULT}))
    if not _writing.acquire(timeout=WAIT_S):
        raise Problem("busy")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "table.xlsx"
            table_workbook(path, titles, table, seen.run, lang)
            return path.read_bytes()
    finally:
        _writing.release()
