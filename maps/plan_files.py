"""A plan as files to take away: workbook, GeoPackage, and what one partner gets: its own items and shared ones."""

from dataclasses import replace
from pathlib import Path
from textwrap import wrap

import geopandas as gpd
import pandas as pd
import xlsxwriter

from geo.words import Lang, say
from geo.write import atomic, neutral
from maps import style
from maps.gap_files import folders, write_kmz
from maps.geopackage import Drawn, write_layers
from maps.page import Page
from maps.plan_certificate import certificate
from maps.plan_entries import PlanContent, gained_villages
from maps.plan_tables import (
    ITEM,
    STATE,
    item_table,
    passing_table,
    total_table,
    unit_cost_table,
    unsolved_table,
    village_table,
)  # fmt: skip
from maps.plan_words import UNCONFIRMED, kind
from maps.qml import Shape, kind_qml
from maps.sheet import Pens, add_lines, add_table
from maps.tables import Table
from maps.workbook import FIRST_COLUMNS, OPTIONS, sources, titled_page

NAME = "ke-hoach"
LINE = 150  # characters of a line above a table
MARGINAL = (
    "Marginal cost per household: the money spared by taking this item away last, with all that cannot be without it, "
    "divided by the households that then no longer gain. Likely cost of building; empty where nobody would lose."
)
STATE_LOOK = {"sure": style.STATUS["pass"].colour, "possible": style.STATUS["unknown"].colour}
POINTS, LINES, VILLAGES = "hang_muc_diem", "hang_muc_tuyen", "thon_duoc_loi"


def plan_workbook(path: Path, content: PlanContent, lang: Lang = "vi") -> None:
    """Summary with certificate and totals, items, villages, criteria, what is left, unit costs, sources.

    Whole or not at all; nothing in it runs as a formula.
    """
    told = tuple(certificate(content, lang))
    sheets = [
        (_page(content, "Summary", lang, 2, told), total_table(content, lang)),
        (_items_page(content, lang), item_table(content, lang)),
        (_page(content, "Villages that gain", lang, 1), village_table(content, lang)),
        (_page(content, "Criteria that pass", lang, 1), passing_table(content, lang)),
        (_page(content, "Not solved", lang, 1), unsolved_table(content, lang)),
        (_page(content, "Unit costs", lang, 1), unit_cost_table(content.costs, lang)),
    ]
    _write(path, content, sheets, lang)


def _write(path: Path, content: PlanContent, sheets: list[tuple[Page, Table]], lang: Lang) -> None:
    run = content.run
    with atomic(path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties({"title": neutral(_title(content, lang)), "created": run.made_at.replace(tzinfo=None)})
        for page, table in sheets:
            add_table(book, pens, page, table)
        page = titled_page(run, say("Sources", lang), say("Sources", lang), lang)
        add_lines(book, pens, page, sources(run, lang))


def _title(content: PlanContent, lang: Lang) -> str:
    title = say("Investment plan", lang)
    return f"{title}: {content.title}" if content.title else title


def _page(content: PlanContent, name: str, lang: Lang, frozen: int, more: tuple[str, ...] = ()) -> Page:
    return titled(content, (_title(content, lang), name), lang, frozen, more)


def _items_page(content: PlanContent, lang: Lang) -> Page:
    notes = (say(FIRST_COLUMNS, lang), say(MARGINAL, lang))
    return replace(_page(content, "Items", lang, 3, notes), wide="first")


def titled(content: PlanContent, titles: tuple[str, str], lang: Lang, frozen: int, more: tuple[str, ...] = ()) -> Page:
    """A page called by the second title, under both; with the run, what is not confirmed and more lines above it."""
    title, name = (say(one, lang) for one in titles)
    page = titled_page(content.run, name, f"{title} – {name}", lang)
    note = () if content.confirmed else (say("All amounts: {why}.", lang, why=say(UNCONFIRMED, lang)),)
    lines = tuple(part for line in (*page.lines, *note, *more) for part in wrap(line, LINE))
    return replace(page, lines=lines, frozen=frozen)


def plan_geopackage(path: Path, content: PlanContent, lang: Lang = "vi") -> None:
    """Layers `hang_muc_diem`, `hang_muc_tuyen`, `thon_duoc_loi` in the working CRS, each with a style, and `nguon`.

    Items without a place are rows of the points without geometry.
    """
    write_layers(path, [*_item_layers(content, lang), _village_layer(content, lang)], content.run, lang)


def _item_layers(content: PlanContent, lang: Lang) -> list[Drawn]:
    table, shapes = item_table(content, lang), content.entries.geometry
    is_line = shapes.geom_type.isin(["LineString", "MultiLineString", "GeometryCollection"]).to_numpy()
    looks = {kind(k, lang): look for k, look in kind_looks(content).items()}
    found = []
    for name, title, shape, kept in (
        (POINTS, "Items: points", "marker", ~is_line),
        (LINES, "Items: lines", "line", is_line),
    ):
        drawn: Shape = "marker" if shape == "marker" else "line"
        only = shapes[kept].map(_lines) if drawn == "line" else shapes[kept]
        frame = gpd.GeoDataFrame(table.frame[kept].reset_index(drop=True), geometry=only.array, crs=shapes.crs)
        said = kind_qml(ITEM[1], ITEM, drawn, looks, lang)
        found.append(Drawn(name, say(title, lang), drawn, frame, ITEM, ((say("Kind", lang), said, ""),)))
    return found


def _lines(shape: object) -> object:
    """The lines of a shape, without the point at which a route ends."""
    parts = getattr(shape, "geoms", [shape])
    return gpd.GeoSeries([part for part in parts if part.geom_type == "LineString"]).union_all()


def _village_layer(content: PlanContent, lang: Lang) -> Drawn:
    table = village_table(content, lang)
    shapes = content.villages.geometry.reindex(gained_villages(content)["village"])
    shapes = shapes.where(shapes.geom_type.isin(["Polygon", "MultiPolygon"]))
    state = next(f for f in table.fields if f.name == "tinh_trang")
    frame = gpd.GeoDataFrame(table.frame, geometry=shapes.array, crs=shapes.crs)
    looks = {style.both(STATE[code])[lang == "en"]: (colour, "") for code, colour in STATE_LOOK.items()}
    said = kind_qml(state, table.fields, "fill", looks, lang)
    return Drawn(
        VILLAGES, say("Villages that gain", lang), "fill", frame, table.fields, ((state.title(lang), said, ""),)
    )


def kind_looks(content: PlanContent) -> dict[str, tuple[str, str]]:
    """Colour and figure of each kind that the plan has."""
    return {k: style.KIND_LOOK.get(k, style.OTHER_KIND) for k in sorted(content.entries["kind"].unique())}


def own_part(content: PlanContent, operator: str) -> PlanContent:
    """What one partner may see: items that it builds, that nobody is named for, or that stand on its masts.

    Where cameras are missing is no partner's to know, unless it builds them.
    """
    items = content.plan.items
    host = pd.Series([(said or {}).get("operator", "") for said in items["said"]], index=items.index, dtype="str")
    named = items["operator"]
    anybody = named.eq("") & host.eq("") & items["kind"].ne("camera")
    kept = items[named.eq(operator) | host.eq(operator) | anybody]
    gains = content.plan.gains
    plan = replace(content.plan, items=kept, gains=gains[gains["item"].isin(kept.index)])
    return replace(content, plan=plan, whole=content.whole or content.plan)


def partner_pack(folder: Path, content: PlanContent, operator: str, lang: Lang = "vi") -> list[Path]:
    """`ke-hoach-<operator>.xlsx`, `.gpkg` and `.kmz` with the partner's own items and shared ones."""
    own = own_part(content, operator)
    own = replace(own, title=" – ".join(filter(None, (content.title, content.operator(operator)))))
    book, package, earth = (folder / f"{NAME}-{operator}{suffix}" for suffix in (".xlsx", ".gpkg", ".kmz"))
    sheets = [(_items_page(own, lang), item_table(own, lang)),
              (_page(own, "Villages that gain", lang, 1), village_table(own, lang))]  # fmt: skip
    _write(book, own, sheets, lang)
    plan_geopackage(package, own, lang)
    plan_kmz(earth, own, lang)
    return [book, package, earth]


def plan_kmz(path: Path, content: PlanContent, lang: Lang = "vi") -> None:
    """The items for Google Earth: a folder per kind in its colour, every column of an item as extended data."""
    table, rows = item_table(content, lang), content.entries
    names = [f"{y}: {k} {v}".strip() for y, k, v in zip(table.frame["nam"], table.frame["loai"],
             table.frame["ten_thon"].fillna(""), strict=True)]  # fmt: skip
    looks = {k: (kind(k, lang), colour) for k, (colour, _) in kind_looks(content).items()}
    about = f"{_title(content, lang)}\n{say('Run', lang)} {content.run.id}"
    if not content.confirmed:
        about += f"; {say(UNCONFIRMED, lang)}"
    groups = pd.Series(rows["kind"].to_numpy())
    root = folders((table, names), groups, gpd.GeoSeries(rows.geometry.to_numpy(), crs=rows.crs), looks, about)
    write_kmz(path, root, content.run)
