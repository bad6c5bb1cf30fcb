"""Units live in time: which boundary vintages ship, on which days each holds, and their codes and names.

A code names a unit only together with its vintage; `geo.crosswalk` is the only bridge between two.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from io import BytesIO

import pandas as pd

from geo.errors import VintageError
from geo.resources import shipped


@dataclass(frozen=True, slots=True)
class Vintage:
    """One state of the boundaries. `first` and `last` are the days on which it holds; `last` None: it still does."""

    id: str
    first: date
    last: date | None
    communes: int


VINTAGES: dict[str, Vintage] = {
    v.id: v
    for v in (
        Vintage("2025-01-01", date(2025, 1, 1), date(2025, 6, 30), 547),
        Vintage("2025-07-01", date(2025, 7, 1), None, 166),
    )
}


def vintage(name: str) -> Vintage:
    """The vintage of that name; `VintageError` where it does not ship."""
    if name not in VINTAGES:
        raise VintageError(f"unknown boundary vintage {name!r}; shipped: {', '.join(VINTAGES)}")
    return VINTAGES[name]


def valid_on(name: str, day: date) -> bool:
    """Whether the vintage holds on that day."""
    found = vintage(name)
    return found.first <= day and (found.last is None or day <= found.last)


def vintage_on(day: date) -> str:
    """Name of the vintage that holds on that day; `VintageError` where none ships."""
    for name in VINTAGES:
        if valid_on(name, day):
            return name
    raise VintageError(f"no shipped boundary vintage holds on {day.isoformat()}; shipped: {', '.join(VINTAGES)}")


def units(name: str) -> pd.DataFrame:
    """Communes of a vintage, index `commune` (code, text).

    Columns `name` (full, "Xã Hoằng Tiến"), `kind` (xa, phuong, thi_tran), `former_district` (several joined with "; "),
    `lon`, `lat` (degrees, WGS 84, a geocoder's point: see data/boundaries/README.md); before 2025-07-01 also
    `district_code` and the box `west, south, east, north` (degrees); from then also `area_official_km2`.
    """
    return _units(vintage(name).id).copy()


def districts(name: str) -> pd.DataFrame:
    """Districts of a vintage, index `district` (code, text): `name` and box `west, south, east, north` in degrees.

    Districts ended with June 2025: `VintageError` for a later vintage.
    """
    if vintage(name).first >= date(2025, 7, 1):
        raise VintageError(f"vintage {name} has no districts; they ended with 2025-06-30")
    return read_table(name, "districts.csv").set_index("code").rename_axis("district")


def read_table(*path: str) -> pd.DataFrame:
    """A CSV below `data/boundaries/`, ids as text; `VintageError` where it does not ship."""
    file = shipped("boundaries", *path)
    if not file.is_file():
        raise VintageError(f"no shipped boundary table {'/'.join(path)}")
    return pd.read_csv(
        BytesIO(file.read_bytes()), dtype={c: "str" for c in ("code", "district_code", "from_id", "to_id")}
    )


@cache
def _units(name: str) -> pd.DataFrame:
    found = read_table(name, "units.csv").rename(columns={"district": "former_district"})
    return found.set_index("code").rename_axis("commune")
