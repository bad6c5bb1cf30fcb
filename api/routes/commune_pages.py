"""Pages of a commune: its villages, one village, and what it declares of its office."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session

from api.claims.counter import desk_of
from api.claims.desk import Desk
from api.database import reading
from api.pages import commune, commune_village, declared, plan_links
from api.pages.asked import Spoken
from api.pages.commune_units import Home, home_of
from api.pages.drawing import draw
from api.people.access import Allow, Person
from api.problems import Problem
from api.public import Public
from api.routes.here import shelf
from api.row_security import reading_as
from geo.words import Lang

router = APIRouter(prefix="/xa-toi", include_in_schema=False)
Commune = Annotated[Person, Depends(Allow("commune"))]
NOTHING_YET = ("no_run", "no_publication", "no_communes")


@router.get("")
def villages(request: Request, person: Commune, asked: Annotated[commune.OwnVillages, Query()]) -> Response:
    """The commune's villages and what is known of them; what waits; where its reports stand; what is missing."""
    run = published(request, person)
    return _page(
        request, person, "commune.html", asked, run,
        lambda session, desk, home: commune.shown(session, desk, home, run, asked) | _planned(desk, run, asked.lang),
    )  # fmt: skip


def _planned(desk: Desk, run: Public | None, lang: Lang) -> dict[str, Any]:
    """What the newest plan builds in the commune, and in each of its villages or for it."""
    seen = plan_links.plan_for(desk.workspace, desk.person, run.run.vintage, lang) if run else None
    return {"plan": plan_links.at_place(seen, "commune", desk.person.commune or ""),
            "planned": plan_links.by_village(seen)}  # fmt: skip


@router.get("/thon/{village}")
def one_village(
    request: Request, person: Commune, village: str, asked: Annotated[commune_village.OneVillage, Query()]
) -> Response:
    """One village: what to report, which claims to dispute."""
    run = published(request, person)
    return _page(
        request, person, "commune_village.html", asked, run,
        lambda session, desk, home: commune_village.shown(session, desk, home, village, run, asked),
    )  # fmt: skip


@router.get("/khai-bao")
def declarations(request: Request, person: Commune, asked: Annotated[Spoken, Query()]) -> Response:
    """What the commune declares of its office."""
    desk = desk_of(request, person)
    return draw(request, "declared.html", asked.lang, declared.shown(desk, asked.lang))


def published(request: Request, person: Person) -> Public | None:
    """The published run as the person sees it; none where there is none yet."""
    try:
        return shelf(request).seen_by(person)
    except Problem as problem:
        if problem.code in NOTHING_YET:
            return None
        raise


def _page(
    request: Request, person: Person, template: str, asked: Spoken, run: Public | None,
    find: Callable[[Session, Desk, Home], dict[str, Any]],
) -> Response:  # fmt: skip
    """A page from what `find` gives; PostgreSQL itself keeps back what the asker may not see."""
    desk = desk_of(request, person)
    with reading(desk.workspace.engine) as session:  # which datasets are current is told to no role of the database
        home = home_of(session, desk)
    with reading_as(desk.workspace.engine, person) as session:
        values = find(session, desk, home)
    return draw(request, template, asked.lang, values, seen=run)
