"""Pages of an operator: its own gaps with files to take away, and its filings."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.answers import answer, answer_csv, as_download
from api.claims.counter import desk_of
from api.gazetteer import gazetteer
from api.pages import filings, gaps
from api.pages.asked import Listed
from api.pages.drawing import draw
from api.pages.filings import Filed, Filing
from api.people.access import Allow, Person
from api.problems import Problem
from api.publication.published_files import MEDIA
from api.routes.here import OnShelf
from api.row_security import reading_as
from maps.gap_files import FORMS

router = APIRouter(include_in_schema=False)
Operator = Annotated[Person, Depends(Allow("operator"))]
Files = Annotated[Person, Depends(Allow("operator", "planner"))]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
KMZ = "application/vnd.google-earth.kmz"
ASKED = Query()


def _whose(person: Person) -> str:
    if not person.operator:
        raise Problem("not_for_you", detail="Your account belongs to no operator; ask the admin.")
    return person.operator


@router.get("/vung-lom")
def gaps_page(request: Request, kept: OnShelf, person: Operator, asked: Annotated[Listed, ASKED]) -> Response:
    """The operator's own gaps."""
    seen = kept.seen_by(person)
    values = gaps.shown(seen, _whose(person), asked) | {"ogc": str(request.url.replace(path="/ogc", query=""))}
    return draw(request, "gaps.html", asked.lang, values, seen=seen)


@router.get("/vung-lom.csv")
def gaps_csv(request: Request, kept: OnShelf, person: Operator, asked: Annotated[Listed, ASKED]) -> Response:
    """The gaps that the page shows, all pages."""
    seen = kept.seen_by(person)
    table = gaps.as_table(seen, _whose(person), asked)
    return answer_csv(request, table.plain(asked.lang), f"vung-lom-{seen.run.id[:12]}.csv", seen.run)


@router.get("/vung-lom.{form}")
def gaps_file(
    request: Request, kept: OnShelf, person: Operator, form: str, asked: Annotated[Listed, ASKED]
) -> Response:
    """The same rows as a GeoPackage, KMZ or workbook."""
    if form not in FORMS:
        raise Problem("not_found")
    seen = kept.seen_by(person)
    content = gaps.as_file(seen, _whose(person), asked, form)
    name = f"vung-lom-{seen.run.id[:12]}.{form}"
    return answer(request, content, KMZ if form == "kmz" else MEDIA[f".{form}"], headers=as_download(name))


@router.get("/ke-khai")
def filings_page(request: Request, person: Files, asked: Annotated[Filed, ASKED]) -> Response:
    """Filings, and forms to file."""
    desk = desk_of(request, person)
    named = gazetteer(desk.workspace)
    with reading_as(desk.workspace.engine, person) as session:
        values = filings.shown(session, desk, asked, named)
    return draw(request, "filings.html", asked.lang, values)


@router.get("/ke-khai/{number}")
def filing_page(request: Request, person: Files, number: Number, asked: Annotated[Filing, ASKED]) -> Response:
    """One filing and its claims."""
    desk = desk_of(request, person)
    named = gazetteer(desk.workspace)
    with reading_as(desk.workspace.engine, person) as session:
        values = filings.one_shown(session, desk, number, asked, named)
    return draw(request, "one_filing.html", asked.lang, values)
