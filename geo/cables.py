"""Lines of a cable network: drawn twice, side by side, past a junction or short of one; and the repaired network.

Only lines of one operator are held against each other, as two operators may share a trench.
"""

from collections import defaultdict

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.alongside import TOLERANCE_M, alongside
from geo.layer import Layer
from geo.line_ends import Fault, faults, repaired
from geo.notices import Notice
from geo.row_notices import Rows, rows_of

REPORT_M = 50.0  # loose ends that face each other at most this far apart may be one cable
ROUND = 2  # decimals: two drawings of one line in one file agree within 1 cm
OVERRUNS = "the line runs {metres} m past its junction with row {other}; cut it off there (--fixed does that)"
BROKEN = (
    "the line stops {metres} m short of row {other}; if they are joined in the ground, join them (--fixed does that)"
)
GAP = "the line ends {metres} m from the loose end of row {other}; if it is one cable, draw it through"
TRIMMED = "{metres} m of the line beyond its junction with row {other} were cut off"
JOINED = "the line was led on by {metres} m to meet row {other}"
AGAIN = (
    "the line is the same as row {other}; delete one of them, its length counts once "
    "(--fixed leaves out a copy that says nothing else)"
)
REVERSED = (
    "the line is the same as row {other} drawn from the other end; delete one of them "
    "(--fixed leaves out a copy that says nothing else)"
)
REMOVED = "the line is the same as row {other} and says nothing else; it was left out"
BESIDE = "{metres} m of the line run within {tolerance} m of row {other}; where lengths are summed they count once"


def line_findings(frame: gpd.GeoDataFrame, layer: Layer, *, tolerance_m: float = TOLERANCE_M) -> list[Notice]:
    """What is wrong with the lines of a network: repeated, overrunning, broken or side by side; nothing is changed.

    `frame` is in a metric CRS; its points of kind `node` are places where lines may end.
    """
    repeated = _repeated(frame)
    rows = rows_of(frame, layer)
    notices = _repeat_notices(repeated, frame, rows)
    network = _network(frame, repeated)
    notices += [_found(f, rows) for f in _faults(frame, network, tolerance_m)]
    return notices + _beside(frame, rows, repeated, tolerance_m)


def repeated_lines(frame: gpd.GeoDataFrame, layer: Layer) -> list[Notice]:
    """A warning for each line that an earlier row draws too, in whichever direction."""
    return _repeat_notices(_repeated(frame), frame, rows_of(frame, layer))


def cleaned_lines(
    frame: gpd.GeoDataFrame, layer: Layer, *, tolerance_m: float = TOLERANCE_M
) -> tuple[gpd.GeoDataFrame, list[Notice]]:
    """The network repaired, and a warning for each change.

    Lines that repeat an earlier one and say nothing else are left out; ends up to `tolerance_m` past a junction or
    node are cut off; ends up to `tolerance_m` short of one are led on to it. Every row keeps its id. Wider gaps and
    lines side by side stay, with a notice.
    """
    repeated, rows = _repeated(frame), rows_of(frame, layer)
    facts = pd.DataFrame(frame.drop(columns=[layer.key, frame.geometry.name], errors="ignore")).astype(object)
    facts = facts.where(facts.notna(), "").astype(str)
    gone = {at: other for at, other in repeated.items() if (facts.iloc[at] == facts.iloc[other]).all()}
    notices = [rows.notice("line_removed", "warning", REMOVED, at, other=rows.numbers[o]) for at, o in gone.items()]
    found = _faults(frame, _network(frame, repeated), tolerance_m)
    notices += [_mended(f, rows) for f in found]
    wrong: dict[int, list[Fault]] = defaultdict(list)
    for fault in found:
        wrong[fault.row].append(fault)
    shapes = frame.geometry.to_numpy().copy()
    for at, those in wrong.items():
        shapes[at] = repaired(shapes[at], those)
    done = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    kept = np.setdiff1d(np.arange(len(frame)), list(gone))
    return done.iloc[kept], notices


def _repeated(frame: gpd.GeoDataFrame) -> dict[int, int]:
    """Position of each line that an earlier one of its operator repeats → position of that one."""
    shapes = frame.geometry.to_numpy()
    lines = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    drawn = shapely.normalize(shapely.transform(shapely.force_2d(shapes[lines]), lambda xy: np.round(xy, ROUND)))
    keys = pd.DataFrame({"of": _group(frame)[lines], "shape": shapely.to_wkb(drawn)})
    first = pd.Series(lines).groupby([keys["of"], keys["shape"]], sort=False).transform("min")
    return {int(at): int(f) for at, f in zip(lines, first, strict=True) if at != f}


def _repeat_notices(repeated: dict[int, int], frame: gpd.GeoDataFrame, rows: Rows) -> list[Notice]:
    shapes = frame.geometry.to_numpy()
    notices = []
    for at, other in repeated.items():
        start, end = (shapely.get_coordinates(shapes[n])[0] for n in (at, other))
        same = np.hypot(*(start - end)) <= 10.0**-ROUND * 2
        message = AGAIN if same else REVERSED
        notices.append(rows.notice("line_repeated", "warning", message, at, other=rows.numbers[other]))
    return notices


def _network(frame: gpd.GeoDataFrame, repeated: dict[int, int]) -> list[int]:
    """Positions of lines that are not repeated, and of nodes."""
    shapes = frame.geometry.to_numpy()
    size = shapely.get_dimensions(shapes)
    return [n for n in range(len(frame)) if size[n] in (0, 1) and n not in repeated and not shapes[n].is_empty]


def _faults(frame: gpd.GeoDataFrame, network: list[int], tolerance_m: float) -> list[Fault]:
    """The faults of each operator's network, with positions in `frame`."""
    group = _group(frame)
    found: list[Fault] = []
    for which in np.unique(group[network]):
        at = [n for n in network if group[n] == which]
        part = frame.geometry.iloc[at]
        each = faults(part, tolerance_m=tolerance_m, report_m=max(REPORT_M, tolerance_m))
        found += [f._replace(row=at[f.row], other=at[f.other]) for f in each]
    return sorted(found, key=lambda f: (f.row, f.part, f.last))


def _found(fault: Fault, rows: Rows) -> Notice:
    """The finding about an end that was left as it is."""
    said = {"metres": f"{fault.metres:.1f}", "other": rows.numbers[fault.other]}
    if fault.kind == "overrun":
        return rows.notice("line_overruns", "warning", OVERRUNS, fault.row, **said)
    if fault.kind == "broken":
        return rows.notice("line_broken", "warning", BROKEN, fault.row, **said)
    return rows.notice("line_gap", "info", GAP, fault.row, **said)


def _mended(fault: Fault, rows: Rows) -> Notice:
    """What was done about an end."""
    said = {"metres": f"{fault.metres:.1f}", "other": rows.numbers[fault.other]}
    if fault.kind == "overrun":
        return rows.notice("line_trimmed", "warning", TRIMMED, fault.row, **said)
    if fault.kind == "broken":
        return rows.notice("line_joined", "warning", JOINED, fault.row, **said)
    return _found(fault, rows)


def _beside(frame: gpd.GeoDataFrame, rows: Rows, repeated: dict[int, int], tolerance_m: float) -> list[Notice]:
    """Lines of which a longer stretch runs along an earlier row."""
    shared = alongside(frame.geometry, tolerance_m=tolerance_m, group=pd.Series(_group(frame), index=frame.index))
    long = np.flatnonzero((shared["metres"] > 2 * tolerance_m).to_numpy()).tolist()
    return [
        rows.notice(
            "line_alongside", "info", BESIDE, at, metres=f"{shared['metres'].iloc[at]:.0f}",
            tolerance=f"{tolerance_m:g}", other=rows.numbers[int(shared["first"].iloc[at])],
        )
        for at in long if at not in repeated
    ]  # fmt: skip


def _group(frame: gpd.GeoDataFrame) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """A number per operator."""
    if "operator" not in frame:
        return np.zeros(len(frame), dtype=np.intp)
    return np.asarray(pd.factorize(frame["operator"])[0], dtype=np.intp)
