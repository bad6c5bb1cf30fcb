"""Results as readable tables: one row per unit, or one per result; written as CSV and GeoJSON.

A table is a frame with plain ASCII column names and, for each, a heading for people. Workbook and GeoPackage are made
from the same tables.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.areas import area_classes
from geo.criteria import CriteriaSet, Criterion
from geo.needs import COMBINED
from geo.provenance import Run
from geo.reason import words
from geo.words import Lang, say
from geo.write import write_csv, write_geojson, write_json
from maps import style

Kind = Literal["text", "status", "share", "number", "integer", "money", "year", "metres", "yesno", "date", "mixed"]
EVERYTHING = float("inf")
UNSURE = ("C", "D")
SIGN = "*"  # stands in cells for "not checked against the primary text"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name in files, what it is called by people, how it is shown, the result it belongs to."""

    name: str
    vi: str
    en: str
    kind: Kind = "text"
    criterion: str = ""
    part: str = ""
    widest: int = 36  # characters that a column of a sheet may take
    folded: bool = False  # kept in sheets, but folded away

    def title(self, lang: Lang = "vi") -> str:
        """Heading in one language."""
        return self.vi if lang == "vi" else self.en


@dataclass(frozen=True, slots=True)
class Table:
    """A frame whose columns are exactly `fields`, in order. Shares are 0..1, distances metres, missing is missing."""

    frame: pd.DataFrame
    fields: tuple[Field, ...]

    def without(self, *parts: str) -> "Table":
        """The table without some columns of every criterion, for example `"nguon"`."""
        kept = tuple(f for f in self.fields if f.part not in parts)
        return Table(self.frame[[f.name for f in kept]], kept)

    def plain(self, lang: Lang = "vi") -> pd.DataFrame:
        """The frame as a CSV says it: counts and metres without decimals, yes and no in words."""
        said = {f.name: _plain(self.frame[f.name], f.kind, lang) for f in self.fields}
        return pd.DataFrame(said, index=self.frame.index)

    def headed(self, lang: Lang = "vi") -> pd.DataFrame:
        """The frame with headings for people as column names."""
        return pd.DataFrame(self.frame).set_axis([f.title(lang) for f in self.fields], axis=1)


VILLAGE = (
    Field("ma_thon", "Mã thôn", "Village code"),
    Field("ten_thon", "Thôn, bản, khu phố", "Village"),
    Field("ma_xa", "Mã xã", "Commune code"),
    Field("ten_xa", "Xã, phường", "Commune"),
    Field("huyen_cu", "Huyện cũ", "Former district"),
    Field("so_ho", "Số hộ", "Households", "integer"),
    Field("so_khau", "Số khẩu", "People", "integer"),
    Field("dien_luoi", "Điện lưới", "Grid electricity"),
    Field("khu_vuc", "Khu vực", "Area class"),
)
COMMUNE = (
    Field("ma_xa", "Mã xã", "Commune code"),
    Field("ten_xa", "Xã, phường", "Commune"),
    Field("huyen_cu", "Huyện cũ", "Former district"),
    Field("so_ho", "Số hộ", "Households", "integer"),
    Field("so_khau", "Số khẩu", "People", "integer"),
    Field("dien_tich_km2", "Diện tích (km²)", "Official area (km²)", "number"),
)
# of one criterion in a wide table: suffix, results column, headings, kind (None: that of the value)
PARTS: tuple[tuple[str, str, tuple[str, str], Kind | None], ...] = (
    ("tu", "low", ("từ", "from"), None),
    ("den", "high", ("đến", "to"), None),
    ("doc_la", "text", ("đọc là", "reads as"), "text"),
    ("ket_qua", "status", ("kết quả", "result"), "status"),
    ("ly_do", "reason", ("lý do", "reason"), "text"),
    ("ngay", "as_of", ("số liệu đến ngày", "data as of"), "date"),
    ("nguon", "source", ("nguồn", "source"), "text"),
)


def unit_table(
    results: pd.DataFrame,
    criteria: CriteriaSet,
    units: tuple[pd.DataFrame, pd.DataFrame],
    level: Literal["village", "commune"],
    lang: Lang = "vi",
) -> Table:
    """One row per village or commune, all of them, with seven columns per criterion (combined operators only).

    `units` are villages and communes, indexed by id. An end that could be anything is missing, never 0.
    """
    villages, communes = units
    facts = village_facts(villages, communes, lang) if level == "village" else commune_facts(communes)
    base = VILLAGE if level == "village" else COMMUNE
    rows = keyed(readable(results[results["level"].eq(level) & results["operator"].isin(COMBINED)], criteria, lang))
    wide = rows.set_index(["area_id", "key"])[[column for _, column, _, _ in PARTS]].unstack("key")
    fields, values = list(base), {f.name: facts[f.name] for f in base}
    titles = criterion_titles(criteria, "vi"), criterion_titles(criteria, "en")
    for one in rows.drop_duplicates("key").to_dict("records"):
        for suffix, column, heading, kind in PARTS:
            field = _part(one, suffix, heading, kind or one["kind"], titles)
            values[field.name] = wide[(column, one["key"])].reindex(facts.index)
            fields.append(field)
    return Table(pd.DataFrame(values, index=facts.index), tuple(fields))


def village_facts(villages: pd.DataFrame, communes: pd.DataFrame, lang: Lang = "vi") -> pd.DataFrame:
    """The columns `VILLAGE` describes, index village."""
    home = villages["commune"].map
    blank = villages.reindex(columns=["households", "people", "electricity", "area_class"])
    return pd.DataFrame({
        "ma_thon": villages.index.astype("str"), "ten_thon": villages["name"], "ma_xa": villages["commune"],
        "ten_xa": home(communes["name"]), "huyen_cu": home(communes["former_district"]), "so_ho": blank["households"],
        "so_khau": blank["people"], "dien_luoi": yes_no(blank["electricity"], lang),
        "khu_vuc": area_classes(blank["area_class"], lang),
    })  # fmt: skip


def commune_facts(communes: pd.DataFrame) -> pd.DataFrame:
    """The columns `COMMUNE` describes, index commune."""
    known = communes.reindex(columns=["name", "former_district", "households", "people", "area_official_km2"])
    names = [f.name for f in COMMUNE]
    return known.assign(code=known.index.astype("str"))[["code", *known.columns]].set_axis(names, axis=1)


def yes_no(values: pd.Series, lang: Lang = "vi") -> pd.Series:
    """có / không, missing where not said."""
    said = {True: say("yes", lang), False: say("no", lang)}
    return values.astype("boolean").map(said, na_action="ignore").astype("str")


def _plain(values: pd.Series, kind: Kind, lang: Lang) -> pd.Series:
    if kind == "yesno":
        said = pd.to_numeric(values)
        return yes_no(said.ge(0.5).astype("boolean").mask(said.isna()), lang)
    if kind in ("integer", "money", "year", "metres"):
        return pd.to_numeric(values).astype("float64").replace([np.inf, -np.inf], np.nan).round().astype("Int64")
    return values


def readable(results: pd.DataFrame, criteria: CriteriaSet, lang: Lang = "vi") -> pd.DataFrame:
    """Results with `title`, `kind` and `text` (the interval in words), `reason` and status in words.

    `low` or `high` is missing where that end could be anything.
    """
    titles = criterion_titles(criteria, lang)
    reasons = {r: words(r, lang) for r in results["reason"].dropna().unique()}
    why = zip(results["reason"], results["conflict"].fillna(False).astype(bool), strict=True)
    more = say("the sources disagree", lang)
    kind = results["unit"].map(kind_of).astype("str")
    low, high = shown_ends(results, kind)
    limits = {t: style.limit(t) for t in results["threshold"].unique()}
    said = list(zip(results["low"], results["high"], results["unit"], results["threshold"], strict=True))
    text_of = {one: style.interval(*one[:3], lang, limits[one[3]]) for one in set(said)}
    shown: dict[str, Any] = {
        "title": results["criterion"].map(titles).fillna(results["criterion"]), "kind": kind, "low": low, "high": high,
        "text": [text_of[one] for one in said], "code": results["status"],
        "status": results["status"].map(lambda s: style.status(s, lang)),
        "reason": [_joined(reasons.get(r, ""), more if c else "") for r, c in why],
    }  # fmt: skip
    return results.assign(**shown)


def criterion_titles(criteria: CriteriaSet, lang: Lang = "vi", *, sign: str = "") -> dict[str, str]:
    """Criterion id → its title, saying so where item or threshold was not checked; `sign` says it in short."""
    unchecked = sign or f" ({say(style.NOT_CHECKED, lang)})"
    return {c.id: c.title(lang) + (unchecked if is_unchecked(c) else "") for c in criteria.criteria}


def is_unchecked(criterion: Criterion) -> bool:
    """Whether its item, or a threshold it has, was not read in a primary or secondary text (confidence C or D)."""
    sure = criterion.confidence
    return sure.item in UNSURE or (has_threshold(criterion) and sure.threshold in UNSURE)


def has_threshold(criterion: Criterion) -> bool:
    """Whether it is judged at any level."""
    return any(judgement.thresholds for judgement in criterion.levels.values())


def confidence_note(criterion: Criterion, lang: Lang = "vi") -> str:
    """How sure item and threshold are: "B / C – …"; "B / –" without a threshold."""
    threshold = criterion.confidence.threshold if has_threshold(criterion) else "–"
    unchecked = f" – {say(style.NOT_CHECKED, lang)}" if is_unchecked(criterion) else ""
    return f"{criterion.confidence.item} / {threshold}{unchecked}"


def _joined(reason: str, more: str) -> str:
    return "; ".join(part for part in (reason, more if more not in reason else "") if part)


def kind_of(unit: str) -> Kind:
    """How a unit is shown."""
    return "metres" if unit == "m" else style.unit(unit).kind


def shown_ends(results: pd.DataFrame, kind: pd.Series) -> tuple[pd.Series, pd.Series]:
    """`low` and `high` as numbers for people: both missing where nothing is known, infinite ends missing."""
    most = np.where(kind.isin(["share", "yesno"]), 1.0, EVERYTHING)
    open_ = results["low"].le(0) & results["high"].ge(most)
    low, high = (results[c].astype("float64").replace([np.inf, -np.inf], np.nan) for c in ("low", "high"))
    return low.mask(open_), high.mask(open_)


def keyed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in order of criterion and technology with `key`: the criterion, with its technology where it has several."""
    several = rows.groupby("criterion")["technology"].transform("nunique").gt(1)
    key = rows["criterion"] + np.where(several, "_" + rows["technology"].str.lower(), "")
    return rows.assign(key=key.astype("str"))


def _part(
    one: dict[Hashable, Any],
    suffix: str,
    heading: tuple[str, str],
    kind: Kind,
    called: tuple[dict[str, str], dict[str, str]],
) -> Field:
    key, criterion = str(one["key"]), str(one["criterion"])
    vi, en = (of.get(criterion, criterion) for of in called)
    more = "" if key == criterion else f" ({one['technology']})"
    name = f"{key}_{suffix}"
    titles = (f"{vi}{more}: {heading[0]}", f"{en}{more}: {heading[1]}")
    return Field(name, *titles, kind, key, suffix, folded=suffix == "ly_do")


def long_table(
    results: pd.DataFrame, criteria: CriteriaSet, units: tuple[pd.DataFrame, pd.DataFrame], lang: Lang = "vi"
) -> pd.DataFrame:
    """Every result as one row with plain English column names, names of units; unit and reason in words."""
    villages, communes = units
    commune = results["area_id"].map(villages["commune"]).where(results["level"].eq("village"))
    commune = commune.astype(object).fillna(results["area_id"].where(results["level"].eq("commune")))
    rows = readable(results, criteria, lang)
    named = {
        "commune": commune,
        "commune_name": commune.map(communes["name"]),
        "village_name": results["area_id"].map(villages["name"]).where(results["level"].eq("village")),
        "status": rows["code"],
        "reason": rows["reason"],
        "title": rows["title"],
        "unit": results["unit"].map(lambda unit: say(unit, lang) if unit else ""),
    }
    return results.assign(**named)


def provenance(run: Run) -> dict[str, object]:
    """What every output says about the run: criteria, vintage, dates, code, sources with their hashes, watermark."""
    said = asdict(run)
    return {**said, "watermark": say(run.watermark), "notes": [say(note) for note in run.notes]}


def columns_of_run(run: Run) -> dict[str, str]:
    """The few facts that each row of a CSV repeats, as rows get copied around."""
    said = {"ma_lan_chay": run.id, "bo_tieu_chi": run.criteria_id, "danh_gia_ngay": run.as_of.isoformat()}
    return said | ({"canh_bao": say(run.watermark)} if run.watermark else {})


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame | Table], run: Run) -> list[Path]:
    """`<name>.csv` for each and beside it `<name>.nguon.json`, which says where its numbers come from."""
    written = []
    for name, table in tables.items():
        frame = table.plain() if isinstance(table, Table) else table
        write_csv(frame, folder / f"{name}.csv", provenance=columns_of_run(run))
        write_json(provenance(run), folder / f"{name}.nguon.json")
        written += [folder / f"{name}.csv", folder / f"{name}.nguon.json"]
    return written


def write_map_table(path: Path, table: Table, geometry: gpd.GeoSeries, run: Run) -> None:
    """GeoJSON of a unit table; its member `provenance` holds the run and `fields`, the heading of each property."""
    headings: Sequence[tuple[str, str]] = [(f.name, f.title()) for f in table.fields]
    frame = gpd.GeoDataFrame(table.frame, geometry=geometry.reindex(table.frame.index), crs=geometry.crs)
    write_geojson(frame, path, provenance={**provenance(run), "fields": dict(headings)})
