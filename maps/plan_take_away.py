"""Everything that people take away of a plan, or of two, in one folder."""

from pathlib import Path

from geo.plan.fibre_layer import planned_fibre
from geo.words import Lang
from geo.write import write_bytes
from geo.write_ofds import write_ofds_geojson
from maps.offline import to_offline_html
from maps.plan_compare import TwoPlans, comparison_map, write_plan_comparison
from maps.plan_entries import PlanContent
from maps.plan_files import NAME, partner_pack, plan_geopackage, plan_kmz, plan_workbook
from maps.plan_map import plan_map

COMPARED = "so-sanh-ke-hoach.html"


def take_away(folder: Path, content: PlanContent, lang: Lang = "vi") -> list[Path]:
    """Map, workbook, GeoPackage and KMZ of a plan, the map first; planned fibre as Open Fibre Data in `ofds/` where
    there is any; and a pack for every partner, in `doi-tac/<code>`.
    """
    page, book, package, earth = (folder / f"{NAME}{suffix}" for suffix in (".html", ".xlsx", ".gpkg", ".kmz"))
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(to_offline_html(plan_map(content, lang)).encode(), page)
    plan_workbook(book, content, lang)
    plan_geopackage(package, content, lang)
    plan_kmz(earth, content, lang)
    packs = [pack for code in sorted(content.operators) for pack in _pack(folder, content, code, lang)]
    return [page, book, package, earth, *_open_fibre(folder / "ofds", content), *packs]


def _open_fibre(folder: Path, content: PlanContent) -> list[Path]:
    """`nodes.geojson` and `spans.geojson` of the Open Fibre Data Standard 0.3; none where no fibre is planned."""
    planned = planned_fibre(content.plan.items)
    if planned.empty:
        return []
    folder.mkdir(exist_ok=True)
    name = content.title or content.run.id
    write_ofds_geojson(planned, folder, name=name, as_of=content.run.as_of)
    return [folder / "nodes.geojson", folder / "spans.geojson"]


def _pack(folder: Path, content: PlanContent, code: str, lang: Lang) -> list[Path]:
    own = folder / "doi-tac" / code
    own.mkdir(parents=True, exist_ok=True)
    return partner_pack(own, content, code, lang)


def compared(folder: Path, first: PlanContent, second: PlanContent, lang: Lang = "vi") -> list[Path]:
    """Map, workbook and CSV of two plans side by side, the map first."""
    folder.mkdir(parents=True, exist_ok=True)
    both = TwoPlans(first, second)
    page = folder / COMPARED
    write_bytes(to_offline_html(comparison_map(both, lang)).encode(), page)
    return [page, *write_plan_comparison(folder, both, lang)]
