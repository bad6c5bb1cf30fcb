"""Which CRS the numbers of a file are in, tested against the units that its rows name; then into the working CRS.

A CRS is never assumed: what fits best is taken only where no other reading fits as well, and always with a warning.
"""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geo.candidates import Candidate, candidates
from geo.columns import ReadOptions
from geo.coordinates import in_vietnam
from geo.crs import STORE, to_work
from geo.errors import InputError
from geo.fit import Evidence, Trial, better_shifted, evidence, ranked, same_places, surely_better, tried
from geo.layer import Layer
from geo.notices import Notice, Severity
from geo.units import Units
from geo.unusable import unusable

DOUBT = 0.01  # level of the sign test before a CRS that the file states is doubted
HOPELESS_M = 100_000.0  # a row this far off leaves no doubt that it was read wrongly
SHOWN = 4  # readings that a refusal names
FOUND = (
    "the file does not say its CRS; its coordinates fit {candidate}, {order}: {hits} of {n} rows lie where they say. "
    "The next, {next}, fits {next_hits}. If this is wrong, give the right one with --crs"
)
SWAPPED = (
    "the two coordinates stand the other way round than the headings or the CRS say: as given no row lies in the "
    "province, exchanged {hits} of {n} do. They were exchanged; correct the headings"
)
DOUBTFUL = (
    "as {stated}, {hits} of {n} rows lie where they say; as {candidate}, {order}, {next_hits} would. The coordinates "
    "were left as stated. If they are {epsg}, correct the file or give --crs {epsg}"
)
AMBIGUOUS = (
    "the file does not say its CRS, and its {n} rows fit several: {fits}. Say which with --crs, for example "
    "--crs {epsg}"
)
NOTHING_KNOWN = (
    "the file does not say its CRS, and it cannot be found: no row names a commune or village whose place is known, "
    "and the outline of the province is not known. Give it with --crs, for example --crs EPSG:5897 for VN-2000 with "
    "central meridian 105°00'"
)
NONE_FITS = (
    "the file does not say its CRS, and none fits: of {n} rows at most {hits} lie where they say, with {candidate}. "
    "Check the names and the coordinates, or give the CRS with --crs"
)
NEARLY_FITS = (
    "the file does not say its CRS; {candidate} fits best ({hits} of {n} rows), but all rows lie about {away} m to one "
    "side, so it is another one. Ask who measured it and give the CRS with --crs"
)


def georeferenced(
    done: gpd.GeoDataFrame, layer: Layer, areas: Units | None, options: ReadOptions, vintage: str = ""
) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The rows in the working CRS, and how sure that is. `done` holds geometry in the numbers of the file.

    Where `done` has a CRS it holds (`crs_doubtful` warns where another fits surely better; `axes_swapped` corrects an
    exchange that leaves no other reading). Where it has none, the best of `geo.candidates.candidates` is taken if it
    has enough hits (`geo.fit.LEAST`) and is surely better (`geo.fit.surely_better`) than every other that puts some
    row more than 1 m elsewhere. `InputError` `crs_ambiguous` where several fit, `crs_unknown` where none does.
    """
    work = working(areas, options)
    if not (done.geometry.notna() & ~done.geometry.is_empty).any():
        return done.set_crs(work, allow_override=True), []
    named = vintage or options.vintage or (areas.vintage if areas is not None else "")
    seen = evidence(done, layer, areas, named, work)
    if done.crs is not None:
        return _known(done, seen, work)
    given = _numbers(done)
    best, notices = _swapped_degrees(given, seen) or _found(given, seen)
    return _read_as(done, best, work), notices


def _numbers(done: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
    """A pair of numbers for each located row."""
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(done.geometry.dropna().to_numpy())))


def _read_as(done: gpd.GeoDataFrame, candidate: Candidate, work: CRS) -> gpd.GeoDataFrame:
    """The rows in the working CRS, read as the candidate says."""
    shapes = shapely.transform(done.geometry.to_numpy(), candidate.numbers)
    return to_work(done.set_geometry(gpd.GeoSeries(shapes, index=done.index, crs=candidate.crs)), work)


def working(areas: Units | None, options: ReadOptions) -> CRS:
    """The working CRS: what the options say, else that of the areas; `InputError` without either."""
    crs = options.work or (areas.communes.crs if areas is not None else None)
    if crs is None:
        raise unusable("no working CRS is known; give one, for example EPSG:5897")
    return crs


def _known(done: gpd.GeoDataFrame, seen: Evidence | None, work: CRS) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The rows by the CRS that they have, unless only the exchanged order makes sense; with doubts."""
    crs = done.crs
    if seen is None or crs is None:
        return to_work(done, work), []
    as_given = tried(seen, Candidate(crs))
    exchanged = tried(seen, Candidate(crs, swapped=True))
    if _hopeless(as_given) and exchanged.share >= seen.least:
        return _read_as(done, exchanged.candidate, work), [_swapped(exchanged)]
    return to_work(done, work), _doubts(as_given, seen)


def _hopeless(trial: Trial) -> bool:
    """Whether every row lies more than 100 km from where it says."""
    return bool(np.min(trial.away) > HOPELESS_M)


def _doubts(as_given: Trial, seen: Evidence) -> list[Notice]:
    """A warning where another reading fits surely better than the CRS that the file states."""
    if as_given.share == 1:
        return []
    others = [t for t in ranked(seen, candidates(seen.given)) if not same_places(t, as_given)]
    best = others[0] if others else None
    if best is None or best.share < seen.least or not surely_better(best, as_given, DOUBT):
        return []
    if len(seen.rows) < 3:
        return []
    stated = as_given.candidate
    values = {"stated": stated.name, "hits": as_given.hits, "n": len(seen.rows), "next_hits": best.hits}
    return [_notice("crs_doubtful", DOUBTFUL, best.candidate, values)]


def _swapped_degrees(given: npt.NDArray[np.float64], seen: Evidence | None) -> tuple[Candidate, list[Notice]] | None:
    """WGS 84 with latitude first, where all rows are degrees in Vietnam only if exchanged; None otherwise."""
    if not in_vietnam(given[:, 1], given[:, 0]).all():
        return None
    best = Candidate(STORE, swapped=True)
    if seen is None:
        notice = Notice("axes_swapped", "warning", SWAPPED, values=(("hits", str(len(given))), ("n", str(len(given)))))
        return best, [notice]
    trial = tried(seen, best)
    return best, [_swapped(trial), *_doubts(trial, seen)]


def _swapped(trial: Trial) -> Notice:
    values = (("hits", str(trial.hits)), ("n", str(len(trial.away))))
    return Notice("axes_swapped", "warning", SWAPPED, values=values)


def _found(given: npt.NDArray[np.float64], seen: Evidence | None) -> tuple[Candidate, list[Notice]]:
    """The only reading that fits, with the warning that it was found; `InputError` otherwise."""
    if seen is None:
        raise unusable(NOTHING_KNOWN, code="crs_unknown")
    trials = ranked(seen, candidates(given))
    best = trials[0]
    if best.share < seen.least:
        n, name = len(seen.rows), best.candidate.name
        raise unusable(NONE_FITS, code="crs_unknown", n=n, hits=best.hits, candidate=name)
    others = [t for t in trials[1:] if not same_places(t, best)]
    rivals = [t for t in others if not surely_better(best, t)]
    if rivals:
        raise _ambiguous([best, *rivals])
    if best.share < 1 and (away := better_shifted(seen, best)):
        n, name = len(seen.rows), best.candidate.name
        raise unusable(NEARLY_FITS, code="crs_unknown", candidate=name, hits=best.hits, n=n, away=f"{away:.0f}")
    values = {"hits": best.hits, "n": len(seen.rows), "next": _described(others[0].candidate) if others else "–"}
    values["next_hits"] = others[0].hits if others else 0
    return best.candidate, [_notice("crs_found", FOUND, best.candidate, values)]


def _notice(code: str, message: str, candidate: Candidate, values: dict[str, object]) -> Notice:
    severity: Severity = "warning"
    words = {"candidate": candidate.name, "epsg": candidate.epsg, "order": _order(candidate), **values}
    said = {name for name in words if "{" + name + "}" in message}
    return Notice(code, severity, message, values=tuple((k, str(v)) for k, v in words.items() if k in said))


def _order(candidate: Candidate) -> str:
    """Which of the two numbers is which, in signs, and the zone number that was taken off."""
    sign = "−" if candidate.zone > 0 else "+"
    taken = f" {sign} {abs(candidate.zone)} 000 000" if candidate.zone else ""
    return f"Y = E{taken}, X = N" if candidate.swapped else f"X = E{taken}, Y = N"


def _described(candidate: Candidate) -> str:
    return f"{candidate.name}, {_order(candidate)}"


def _ambiguous(fits: list[Trial]) -> InputError:
    shown = "; ".join(f"{_described(t.candidate)}: {t.hits}" for t in fits[:SHOWN])
    more = f"; … (+{len(fits) - SHOWN})" if len(fits) > SHOWN else ""
    return unusable(
        AMBIGUOUS, code="crs_ambiguous", n=len(fits[0].away), fits=shown + more, epsg=fits[0].candidate.epsg
    )
