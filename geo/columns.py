"""From a sender's table to our column names: headers, constants, filters. Knows no file format."""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
from pyproj import CRS

from geo.beside import beside_columns, beside_headers
from geo.check import MESSAGES, notice
from geo.coordinates import coordinate_columns
from geo.layer import Column, Layer
from geo.names import header_key, match_key
from geo.notices import Notice
from geo.suggest import similar_column
from geo.swapped import swapped
from geo.unusable import unusable
from geo.values import as_text, is_blank

IGNORED_SIMILAR = (
    "these columns are not part of the layer and were not read: {value}. Did you mean: {similar}? "
    "Then head them so, or give {map}"
)
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the file does not say itself.

    `sublayer` names a layer or sheet. `where` are `(header, value)` that rows must have, `rename` are `(ours, theirs)`
    with "" for "none of them", `set_to` are `(ours, value)` for cells that say nothing, `operators` the codes that the
    operator column may hold (empty: any text). `nodata` is the cell value of a raster without value, `empty` what that
    means. `work` is the working CRS, by default that of the areas. `vintage` is the boundary vintage of the units that
    the rows name, by default that of the areas.
    """

    sublayer: str = ""
    where: Pairs = ()
    rename: Pairs = ()
    set_to: Pairs = ()
    crs: str = ""
    nodata: float | None = None
    empty: str = ""
    work: CRS | None = None
    vintage: str = ""
    operators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as its sender made it: headers, cells as given (columns 0, 1, … and an index `row`), maybe shapes.

    Cells are text, int, float, bool, date, datetime or None. `shapes` are in the CRS that the file says, without one
    where it says none. `format` is the name of the file's format, `header_row` the row of its headings as the sender
    counts rows (0: the format has no such row), `above` the cells of the rows before it. `legacy` names what the text
    was decoded as where the file does not say its encoding ("latin-1": each byte one character), "" elsewhere.
    """

    headers: tuple[str, ...]
    cells: pd.DataFrame
    shapes: gpd.GeoSeries | None = None
    notices: tuple[Notice, ...] = ()
    format: str = ""
    header_row: int = 0
    above: tuple[tuple[object, ...], ...] = ()
    legacy: str = ""


class Renamed(NamedTuple):
    """The rows under our column names, findings, and the position of the sender's column by our name."""

    frame: pd.DataFrame
    notices: list[Notice]
    columns: dict[str, int]


def renamed(sheet: Sheet, layer: Layer, options: ReadOptions) -> Renamed:
    """The rows under our column names, cells as given; coordinates stay columns such as `lon` and `lat`.

    Raise `InputError` where nothing of the file can be used, or an option names what the file has not.
    """
    kept = filtered(sheet, options.where)
    known = (*layer.columns, *(coordinate_columns(layer) if kept.shapes is None else ()))
    check_names((*options.rename, *options.set_to), (*known, *beside_columns(layer)))
    chosen, notices = matched(kept.headers, known, options.rename)
    if not chosen and kept.shapes is None:
        found, expected = ", ".join(kept.headers) or "–", ", ".join(f"{c.vi} ({c.name})" for c in known)
        raise unusable("no column is known: found {found}; expected some of {expected}", found=found, expected=expected)
    beside = beside_headers(kept.headers, set(chosen.values()), layer)
    chosen |= {name: at for name, at in beside.items() if name not in dict(options.rename)}
    frame = pd.DataFrame({name: kept.cells[at] for name, at in chosen.items()}, index=kept.cells.index)
    for name, value in options.set_to:
        given = frame[name] if name in frame else pd.Series(None, index=frame.index, dtype=object)
        frame = frame.assign(**{name: given.astype(object).mask(given.map(is_blank), value)})
    notices += swapped(frame, layer, {name: kept.headers[at] for name, at in chosen.items()})
    left = tuple(c for c in known if c.name not in chosen)
    return Renamed(frame, [*kept.notices, *notices, *ignored(kept.headers, set(chosen.values()), left)], chosen)


def check_names(pairs: Pairs, known: tuple[Column, ...]) -> None:
    """Raise `InputError` where an option names a column that the layer has not."""
    names = [c.name for c in known]
    if unknown := [ours for ours, _ in pairs if ours not in names]:
        raise unusable(
            "the layer has no column {unknown}; it has {names}", unknown=", ".join(unknown), names=", ".join(names)
        )


def filtered(sheet: Sheet, where: Pairs) -> Sheet:
    """Only the rows whose cells have all the given values: the same text, or names that differ in tone placement."""
    keep = pd.Series(True, index=sheet.cells.index)
    for header, value in where:
        column = sheet.cells[position(sheet.headers, header)]
        same = [not is_blank(v) and alike(as_text(v), as_text(value)) for v in column.tolist()]
        keep &= pd.Series(same, index=column.index, dtype=bool)
    if not where:
        return sheet
    shapes = None if sheet.shapes is None else sheet.shapes[keep]
    kept = sheet.cells[keep]
    values = (("n", str(len(kept))), ("all", str(len(keep))))
    counted = Notice("rows_chosen", "info", "{n} of {all} rows have what --where asks for", values=values)
    told = [n for n in sheet.notices if not n.row or n.row in kept.index]
    return replace(sheet, cells=kept, shapes=shapes, notices=(*told, counted))


def alike(said: str, wanted: str) -> bool:
    """Whether two texts are equal, or names of letters that `match_key` takes for the same."""
    return said == wanted or (not re.search(r"\d", said) and match_key(said) == match_key(wanted))


def position(headers: tuple[str, ...], wanted: str) -> int:
    """Where the header stands, compared exactly and then folded; `InputError` where it does not or does twice."""
    exact = [at for at, header in enumerate(headers) if header == wanted]
    folded = [at for at, header in enumerate(headers) if header_key(header) == header_key(wanted)]
    found = exact or folded
    if len(found) == 1:
        return found[0]
    raise unusable(
        "the file has no single column {wanted}; its columns are {found}", wanted=wanted, found=", ".join(headers)
    )


def matched(headers: tuple[str, ...], known: tuple[Column, ...], rename: Pairs) -> tuple[dict[str, int], list[Notice]]:
    """Our column name → position of the sender's column, and notices of headers that meet in one column.

    What `rename` says comes first, then headers that are our own names, then names in Vietnamese, English and others.
    """
    chosen = {ours: position(headers, theirs) for ours, theirs in rename if theirs}
    settled = {ours for ours, _ in rename}
    notices = []
    for spelt in (own_name, other_names):
        taken = set(chosen.values())
        for column in known:
            keys = {header_key(s) for s in spelt(column)}
            found = [at for at, header in enumerate(headers) if header_key(header) in keys and at not in taken]
            if column.name in settled or not found:
                continue
            chosen[column.name] = found[0]
            settled.add(column.name)
            if len(found) > 1:
                both = ", ".join(f"“{headers[at]}”" for at in found)
                notices.append(notice("two_headers", column=column, value=both))
    return chosen, notices


def own_name(column: Column) -> tuple[str, ...]:
    """Our name of the column."""
    return (column.name,)


def other_names(column: Column) -> tuple[str, ...]:
    """What else heads the column."""
    return (column.vi, column.en, *column.also)


def ignored(headers: tuple[str, ...], used: set[int], free: tuple[Column, ...] = ()) -> list[Notice]:
    """One notice that names the columns nothing was taken from, and which of ours (`free`) they are most like."""
    left = [header for at, header in enumerate(headers) if at not in used and header]
    if not left:
        return []
    like = [(header, column) for header in left if (column := similar_column(header, free)) is not None]
    value = ", ".join(f"“{header}”" for header in left)
    words: tuple[tuple[str, str], ...] = (("value", value),)
    if not like:
        return [Notice("column_ignored", "info", MESSAGES["column_ignored"], value=value, values=words)]
    words += (("similar", "; ".join(f"“{header}” – “{c.vi}” ({c.name})" for header, c in like)),)
    words += (("map", " ".join(f"--map {c.name}={quoted(header)}" for header, c in like)),)
    return [Notice("column_ignored", "info", IGNORED_SIMILAR, value=value, values=words)]


def quoted(header: str) -> str:
    """A heading as one writes it in a command."""
    return f'"{header}"' if " " in header else header
