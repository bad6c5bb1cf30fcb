"""An operator's own gaps: villages where its own results fail or are not known, most people first; and to take away."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import geopandas as gpd
import pandas as pd

from api.pages.asked import Listed
from api.pages.drawing import link
from api.pages.told import records
from api.pages.units import counts, part, searched
from api.problems import unknown
from api.public import Public
from geo.names import fold, sort_key
from geo.needs import COMBINED, investment_list
from geo.words import Lang, say
from maps.gap_files import FORMS, written
from maps.lists import needs_table
from maps.tables import Table, criterion_titles

PATH = "/vung-lom"
LEFT_OUT = ("nhom",)  # every gap is of the operator's own criteria
SELECTS = ("district", "commune", "criterion", "status")


@lru_cache(maxsize=16)
def own_gaps(seen: Public, operator: str) -> pd.DataFrame:
    """The investment list of one operator's own results: nothing of any other operator, nothing combined."""
    own = seen.results[seen.results["operator"].eq(operator)]
    return investment_list(own.assign(operator=COMBINED[0]), seen.villages, seen.communes)


@lru_cache(maxsize=16)
def _folded(seen: Public, operator: str) -> pd.Series:
    rows = own_gaps(seen, operator)
    return (rows["name"].fillna("") + " " + rows["commune_name"].fillna("") + " " + rows["village"]).map(fold)


def fitting(seen: Public, operator: str, asked: Listed) -> pd.DataFrame:
    """For each filter, which rows fit it. `Problem` for a criterion that none of them is about."""
    rows = own_gaps(seen, operator)
    known = sorted(set(rows["criterion"]))
    if asked.criterion and asked.criterion not in known:
        raise unknown("criterion", asked.criterion, known)
    columns = {"district": "former_district", "commune": "commune", "criterion": "criterion", "status": "status"}
    found = {name: rows[columns[name]].eq(getattr(asked, name)) | (getattr(asked, name) == "") for name in SELECTS}
    return pd.DataFrame({**found, "q": searched(_folded(seen, operator), asked.q)}, index=rows.index)


def asked_for(seen: Public, operator: str, asked: Listed) -> pd.DataFrame:
    """The rows that fit all filters, ranks as in the whole list."""
    return own_gaps(seen, operator)[fitting(seen, operator, asked).all(axis=1)]


def shown(seen: Public, operator: str, asked: Listed) -> dict[str, Any]:
    """What the template `gaps.html` needs."""
    every, fits = own_gaps(seen, operator), fitting(seen, operator, asked)
    rows = every[fits.all(axis=1)]
    at = part(len(rows), asked.page)
    here = rows.iloc[max(at.first - 1, 0) : at.last]
    said = needs_table(here, seen.criteria, asked.lang).frame.to_dict("records")
    given = records(here)
    left = {name: every[fits.drop(columns=name).all(axis=1)] for name in SELECTS}
    titles = criterion_titles(seen.criteria, asked.lang)
    names = seen.communes["name"]
    communes = [(c, names.get(c, c), n) for c, n in counts(left["commune"]["commune"].fillna("")).items()]
    fails = rows[rows["status"].eq("fail")]
    return {
        "rows": [s | {"code": g["status"], "village": g["village"], "commune": g["commune"]}
                 | {"technology": g["technology"].replace(",", ", "), "title": titles[g["criterion"]]}
                 for s, g in zip(said, given, strict=True)],
        "asked": asked, "part": at, "base": PATH, "operator": seen.operators.get(operator, operator),
        "villages": rows["village"].nunique(), "failing": fails["village"].nunique(), "whole": len(every),
        "people": fails.groupby("village")["people_low"].max().sum(),
        "districts": counts(left["district"]["former_district"].fillna("")),
        "communes": sorted(communes, key=lambda one: sort_key(str(one[1]))),
        "criteria": [(c, titles[c], n) for c, n in counts(left["criterion"]["criterion"]).items()],
        "statuses": counts(left["status"]["status"]),
        "files": [(form, link(f"{PATH}.{form}", asked.said(page=1))) for form in ("csv", *FORMS)],
        "here": lambda **new: link(PATH, asked.said(**new)),
    }  # fmt: skip


def as_table(seen: Public, operator: str, asked: Listed) -> Table:
    """Every row that fits, to take away."""
    table = needs_table(asked_for(seen, operator, asked), seen.criteria, asked.lang)
    kept = tuple(field for field in table.fields if field.name not in LEFT_OUT)
    return Table(table.frame[[field.name for field in kept]], kept)


def as_file(seen: Public, operator: str, asked: Listed, form: str) -> bytes:
    """Every row that fits as a GeoPackage, KMZ or workbook."""
    rows = asked_for(seen, operator, asked)
    shapes = gpd.GeoSeries(seen.villages.geometry.reindex(rows["village"]).array, rows.index, crs=seen.villages.crs)
    table = as_table(seen, operator, asked)
    title = _title(seen, operator, asked.lang)
    with TemporaryDirectory(prefix="hatangso-gaps-") as folder:
        path = Path(folder) / f"vung-lom.{form}"
        written(path, (table, rows["status"], shapes), (title, seen.run), asked.lang)
        return path.read_bytes()


def _title(seen: Public, operator: str, lang: Lang) -> str:
    return say("Own gaps of {operator}", lang, operator=seen.operators.get(operator, operator))
