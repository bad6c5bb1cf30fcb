"""Claims as an operator's current maps say them: what they leave open makes no claim."""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from api.claims.desk import Desk, Register, register
from api.claims.filed_rows import FiledRow
from api.claims.filing import Filed, filing_operator, keep_filing
from api.claims.states import TECHNOLOGIES
from api.current import slots_seen
from api.database import reading
from api.events.claims import Service
from api.problems import Problem
from api.province import load
from api.store import Stored
from geo.centre import centre_covered
from geo.completeness import complete
from geo.data import Data
from geo.indicators.fix_village_fibre import fix_village_fibre
from geo.measure import cover

LAYERS_READ = ("commune", "village", "village_centre", "cluster", "coverage", "fibre")
CENTRE_RADIUS_M = 100.0  # as in geo.indicators.mob_village_not_blank


@dataclass(frozen=True, slots=True)
class Derived:
    """What the current maps of an operator say, and the ids of the datasets that say it."""

    operator: str
    units: Register
    rows: list[FiledRow]
    datasets: frozenset[str]


def derive(desk: Desk, operator: str | None) -> Derived:
    """What the operator's current coverage and fibre say of each village; long work, done before anything is locked."""
    whose = filing_operator(desk, operator)
    with reading(desk.workspace.engine) as session:
        units = register(desk.workspace, session, desk.today)
        kept = _read_from(desk, session)
    data = load(desk.workspace, kept, units.vintage)
    return Derived(whose, units, derived_rows(data, units, whose), frozenset(item.dataset.id for item in kept))


def _read_from(desk: Desk, session: Session) -> list[Stored]:
    kept = [slot.kept for slot in slots_seen(desk.workspace, session).values()]
    return [item for item in kept if item.dataset.layer in LAYERS_READ]


def file_datasets(session: Session, desk: Desk, derived: Derived) -> Filed:
    """File what was derived. `Problem` where that is nothing, or where the maps were replaced meanwhile."""
    whose, units, rows = derived.operator, derived.units, derived.rows
    if derived.datasets != {item.dataset.id for item in _read_from(desk, session)}:
        raise Problem("changed_meanwhile", detail="Maps were replaced while this was worked out; send it again.")
    if not rows:
        raise Problem(
            "nothing_to_file",
            detail="Import village centres and coverage or fibre of {operator}, and say what they are complete for.",
            values={"operator": whose},
        )
    return keep_filing(session, desk, whose, (units, rows, []), "datasets")


def derived_rows(data: Data, units: Register, operator: str) -> list[FiledRow]:
    """A claim for every village, service and technology that the maps decide, in the order of villages.

    Mobile: the whole circle round the centre is covered by a technology, or none of it where the coverage is stated
    complete. Fibre: as the indicator; equipment of unknown status speaks against "not served" only.
    """
    answers = [*_mobile(data, operator), *_fibre(data, operator)]
    found = [
        (str(village), service, technology, bool(served))
        for service, technology, said in answers
        for village, served in said.dropna().items()
        if str(village) in units.home
    ]
    return [
        FiledRow(number, village, units.home[village], service, technology, served, None)
        for number, (village, service, technology, served) in enumerate(sorted(found), 1)
    ]


def _mobile(data: Data, operator: str) -> Iterator[tuple[Service, str, "pd.Series[bool]"]]:
    coverage, centres = _rows(data, "coverage", operator), data.layers.get("village_centre")
    if coverage is None or not isinstance(centres, gpd.GeoDataFrame):
        return
    for technology in TECHNOLOGIES["mobile"]:
        named = coverage["technology"].fillna("").astype(str).str.split(",").map(lambda all_, t=technology: t in all_)
        known = centre_covered(data.villages, centres, cover(coverage[named.astype(bool)]), CENTRE_RADIUS_M)
        whole = _complete(data, "coverage", operator, technology)
        yield "mobile", technology, _decided(known["num_low"] >= 1, (known["num_high"] <= 0) & whole)


def _fibre(data: Data, operator: str) -> Iterator[tuple[Service, str, "pd.Series[bool]"]]:
    fibre, centres = _rows(data, "fibre", operator), data.layers.get("village_centre")
    if fibre is None or not isinstance(centres, gpd.GeoDataFrame):
        return
    given = data.layers.get("cluster")
    cluster = given if isinstance(given, gpd.GeoDataFrame) and len(given) else None
    centre_of = (data.villages, centres)
    working, unknown = fibre["status"].eq("working").astype(bool), fibre["status"].isna()
    sure, may_be = (
        pd.Series(fix_village_fibre(*centre_of, fibre[rows], cluster)) for rows in (working, working | unknown)
    )
    yield "fibre", "", _decided(sure == 1, (may_be == 0) & _complete(data, "fibre", operator, ""))


def _rows(data: Data, layer: str, operator: str) -> gpd.GeoDataFrame | None:
    """Rows of one operator; none where the layer was never imported."""
    rows = data.layers.get(layer)
    return rows[rows["operator"].eq(operator).astype(bool)] if isinstance(rows, gpd.GeoDataFrame) else None


def _complete(data: Data, layer: str, operator: str, technology: str) -> "pd.Series[bool]":
    stated = data.completeness[data.completeness["layer"] == layer]
    return complete(data.villages.index, "village", stated, data.villages["commune"], operator, technology)


def _decided(yes: "pd.Series[bool]", no: "pd.Series[bool]") -> "pd.Series[bool]":
    """True, false, or missing where the maps leave it open."""
    return pd.Series(pd.NA, index=yes.index, dtype="boolean").mask(yes, True).mask(no, False)
