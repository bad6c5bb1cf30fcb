"""Files of plans: drawn when first asked for, kept like every render, each for who sees the same of the plan."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

from api.code import drawing_version
from api.plans_seen import SeenPlan
from api.problems import Problem
from api.store import render
from api.workspace import Workspace
from geo.words import Lang
from geo.write import write_bytes
from maps.offline import to_offline_html
from maps.plan_compare import NAME as TWO
from maps.plan_compare import TwoPlans, comparison_map, write_plan_comparison
from maps.plan_entries import PlanContent
from maps.plan_files import NAME, partner_pack, plan_geopackage, plan_kmz, plan_workbook
from maps.plan_map import plan_map

MAP = f"{NAME}.html"
BUSY_S = 120.0
_drawing = Lock()  # a map or a workbook of a province takes many seconds of a processor


def _map(path: Path, content: PlanContent, lang: Lang) -> None:
    write_bytes(to_offline_html(plan_map(content, lang)).encode(), path)


WHOLE: dict[str, Callable[[Path, PlanContent, Lang], None]] = {
    MAP: _map, f"{NAME}.xlsx": plan_workbook, f"{NAME}.gpkg": plan_geopackage, f"{NAME}.kmz": plan_kmz,
}  # fmt: skip
PACK = (".xlsx", ".gpkg", ".kmz")
COMPARED = (f"{TWO}.html", f"{TWO}.xlsx", f"{TWO}.csv")


def names(seen: SeenPlan, operator: str | None) -> dict[str, str]:
    """Names of the files that somebody may have of a plan → the operator whose pack it is of, "" of the whole plan.

    Planners: all. An operator: its own pack. A commune: none, it takes its items away as a table.
    """
    packs = sorted(seen.content.operators) if seen.whole else [operator] if operator else []
    return (dict.fromkeys(WHOLE, "") if seen.whole else {}) | {
        f"{NAME}-{code}{suffix}": code for code in packs for suffix in PACK
    }


def plan_file(workspace: Workspace, seen: SeenPlan, operator: str | None, name: str) -> Path:
    """One file. `Problem` not_found for a name that is not there for the asker."""
    packs = names(seen, operator)
    if name not in packs:
        raise Problem("not_found")
    whose = packs[name]

    def draw(folder: Path) -> None:  # a callback: the store decides whether it is needed
        if whose:
            partner_pack(folder, seen.content, whose, seen.lang)
        else:
            WHOLE[name](folder / name, seen.content, seen.lang)

    audience = "internal" if seen.whole else f"operator:{operator}"
    what = {"kind": "plan", "file": whose or name, "audience": audience, "lang": seen.lang, "code": drawing_version()}
    return _rendered(workspace, seen.id, what, draw) / name


def compared_file(workspace: Workspace, two: tuple[SeenPlan, SeenPlan], name: str) -> Path:
    """A file of two whole plans side by side. `Problem` not_found for another name."""
    if name not in COMPARED:
        raise Problem("not_found")
    a, b = two
    both = TwoPlans(a.content, b.content)

    def draw(folder: Path) -> None:
        if name.endswith(".html"):
            write_bytes(to_offline_html(comparison_map(both, a.lang)).encode(), folder / name)
        else:
            write_plan_comparison(folder, both, a.lang)

    what = {"kind": "plans", "b": b.id, "file": "map" if name.endswith(".html") else "tables", "lang": a.lang,
            "code": drawing_version()}  # fmt: skip
    return _rendered(workspace, a.id, what, draw) / name


def _rendered(workspace: Workspace, number: str, what: dict[str, str], draw: Callable[[Path], None]) -> Path:
    """The folder of a render; one is drawn at a time."""
    if not _drawing.acquire(timeout=BUSY_S):
        raise Problem("busy", headers={"retry-after": "30"})
    try:
        return render(workspace.path, number, what, draw)
    finally:
        _drawing.release()
