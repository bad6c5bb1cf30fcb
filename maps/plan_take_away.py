"""Everything that people take away of a plan, or of two, in one folder."""

from pathlib import Path

from geo.words import Lang
from geo.write import write_bytes
from maps.offline import to_offline_html
from maps.plan_compare import TwoPlans, comparison_map, write_plan_comparison
from maps.plan_entries import PlanContent
from maps.plan_files import NAME, partner_pack, plan_geopackage, plan_kmz, plan_workbook
from maps.plan_map import plan_map

COMPARED = "so-sanh-ke-hoach.html"


def take_away(folder: Path, content: PlanContent, lang: Lang = "vi") -> list[Path]:
    """Map, workbook, GeoPackage and KMZ of a plan, the map first; and a pack for every partner, in `doi-tac/<code>`."""
    page, book, package, earth = (folder / f"{NAME}{suffix}" for suffix in (".html", ".xlsx", ".gpkg", ".kmz"))
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(to_offline_html(plan_map(content, lang)).encode(), page)
    plan_workbook(book, content, lang)
    plan_geopackage(package, content, lang)
    plan_kmz(earth, content, lang)
    packs = [pack for code in sorted(content.operators) for pack in _pack(folder, content, code, lang)]
    return [page, book, package, earth, *packs]


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
