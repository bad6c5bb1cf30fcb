"""Make `data/boundaries/` from the PyPI package vietnamadminunits 1.0.4 (MIT).

Run with the package installed: `python tools/ship_boundaries.py`. Writes the same bytes every time.
"""

import json
import re
import sqlite3
import unicodedata
from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

PROVINCE = "38"
PROVINCE_KEY = "tinhthanhhoa"
PACKAGE, RELEASE = "vietnamadminunits", "1.0.4"
BEFORE, AFTER = "2025-01-01", "2025-07-01"
TARGET = Path(__file__).parent.parent / "data" / "boundaries"
KINDS = {"Xã": "xa", "Phường": "phuong", "Thị trấn": "thi_tran"}
BOX = ["west", "south", "east", "north"]


def package_data() -> Path:
    """Folder with the data of the package, found without running its code."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None or version(PACKAGE) != RELEASE:
        raise SystemExit(f"needs {PACKAGE}=={RELEASE}")
    return Path(spec.origin).parent / "data"


def table(data: Path, name: str) -> pd.DataFrame:
    """Rows of the province in one table of the package, text as NFC."""
    with closing(sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)) as connection:
        rows = pd.read_sql(f"select * from {name} where provinceCode = ?", connection, params=(PROVINCE,))  # noqa: S608 (two fixed names)
    text: list[str] = list(rows.select_dtypes(include="str").columns)
    return rows.assign(**{c: rows[c].map(lambda v: unicodedata.normalize("NFC", v), na_action="ignore") for c in text})


def boxes(bounds: pd.Series) -> pd.DataFrame:
    """Columns `BOX` from text "south,west – north,east"."""
    found = bounds.str.extract(re.compile(r"^([\d.]+),([\d.]+) – ([\d.]+),([\d.]+)$")).astype("float64")
    return found.set_axis(["south", "west", "north", "east"], axis=1)[BOX]


def kind(names: pd.Series) -> pd.Series:
    """Kind as the full name begins; the package's own column calls Thị trấn Ngọc Lặc a xã."""
    found = names.str.extract(f"^({'|'.join(KINDS)}) ", expand=False).map(KINDS)
    if found.isna().any():
        raise SystemExit(f"names of no known kind: {names[found.isna()].tolist()}")
    return found


def old_units(rows: pd.DataFrame) -> pd.DataFrame:
    """The communes before 2025-07-01."""
    named = rows.rename(
        columns={
            "wardCode": "code",
            "ward": "name",
            "districtCode": "district_code",
            "wardLon": "lon",
            "wardLat": "lat",
        }
    )
    named = named.assign(kind=kind(rows["ward"]))
    return named[["code", "name", "kind", "district_code", "district", "lon", "lat"]].join(boxes(rows["wardBounds"]))


def districts(rows: pd.DataFrame) -> pd.DataFrame:
    """The districts that ended with June 2025, with their boxes."""
    first = rows.drop_duplicates("districtCode")
    return first[["districtCode", "district"]].set_axis(["code", "name"], axis=1).join(boxes(first["districtBounds"]))


def pairs(old: pd.DataFrame, new: pd.DataFrame, rules: dict[str, dict[str, dict[str, Any]]]) -> pd.DataFrame:
    """One row per old and new commune that share land; `kind` is whole or part, `main` the part named as default."""
    keys = PROVINCE_KEY + "_" + old["districtKey"] + "_" + old["wardKey"]
    old_key = dict(zip(keys, old["wardCode"], strict=True))
    new_key = dict(zip(new["wardKey"], new["wardCode"], strict=True))
    whole = rules["DICT_PROVINCE_WARD_NO_DIVIDED"][PROVINCE_KEY]
    parts = rules["DICT_PROVINCE_WARD_DIVIDED"][PROVINCE_KEY]
    rows = [(old_key[o], new_key[n], "whole", 1) for n, olds in whole.items() for o in olds]
    rows += [
        (old_key[o], new_key[part["newWardKey"]], "part", int(part["isDefaultNewWard"]))
        for o, found in parts.items()
        for part in found
    ]
    return pd.DataFrame(rows, columns=["from_id", "to_id", "kind", "main"]).sort_values(["from_id", "to_id"])


def new_units(rows: pd.DataFrame, old: pd.DataFrame, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """The communes since 2025-07-01; former districts through the crosswalk, the most old communes first."""
    district = crosswalk.assign(district=crosswalk["from_id"].map(old.set_index("code")["district"]))
    count = district.groupby(["to_id", "district"]).size().rename("n").reset_index()
    count = count.sort_values(["to_id", "n", "district"], ascending=[True, False, True])
    former = count.groupby("to_id")["district"].agg("; ".join)
    named = rows.rename(
        columns={
            "wardCode": "code",
            "ward": "name",
            "wardLon": "lon",
            "wardLat": "lat",
            "wardAreaKm2": "area_official_km2",
        }
    )
    named = named.assign(kind=kind(rows["ward"]), former_district=named["code"].map(former))
    return named[["code", "name", "kind", "former_district", "area_official_km2", "lon", "lat"]]


def write(rows: pd.DataFrame, *path: str) -> None:
    """One CSV, sorted by its first columns, decimals as the source gives them."""
    target = TARGET.joinpath(*path)
    target.parent.mkdir(parents=True, exist_ok=True)
    rows.sort_values(list(rows.columns[:2])).to_csv(target, index=False, lineterminator="\n")


def main() -> None:
    """Write the two vintages and the crosswalk between them."""
    data = package_data()
    before, after = table(data, "admin_units_legacy"), table(data, "admin_units")
    crosswalk = pairs(before, after, json.loads((data / "converter_2025.json").read_text(encoding="utf-8")))
    old = old_units(before)
    write(old, BEFORE, "units.csv")
    write(districts(before), BEFORE, "districts.csv")
    write(new_units(after, old, crosswalk), AFTER, "units.csv")
    write(crosswalk, f"crosswalk-{BEFORE}-{AFTER}.csv")


if __name__ == "__main__":
    main()
