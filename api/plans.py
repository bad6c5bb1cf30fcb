"""Investment plans as they are kept: `plans/<id>/`, immutable, each naming the run and the costs it is made from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from pydantic import TypeAdapter

from api.errors import WorkspaceError
from api.ledger import canonical
from api.store import full_id, sha256
from geo.plan.choose import Certificate, Choice, Chosen
from geo.plan.draft import SERVE
from geo.plan.make import Plan
from geo.write import READ_ONLY, parquet_bytes, write_bytes, write_json

FRAMES = ("items", "gains", "needs", "passing", "gaps", "reachable", "visits", "serves")
ABOUT = "plan.json"
CERTIFICATE = TypeAdapter(Certificate)
NUMBERS = ("value", "bound", "gap", "asked_gap", "seconds", "limit_s")


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan that is kept: its id, what plan.json says, and the plan itself without its candidates."""

    id: str
    about: Mapping[str, Any]
    plan: Plan


def plan_id(run: str, wish: Mapping[str, Any], costs_sha256: str, code: str, sites_sha256: str = "") -> str:
    """The same run, wish, costs, own sites and code are the same plan."""
    own = {"sites": sites_sha256} if sites_sha256 else {}
    return sha256(canonical({"run": run, "wish": wish, "costs": costs_sha256, "code": code, **own}).encode())


def keep_plan(root: Path, number: str, plan: Plan, about: Mapping[str, Any]) -> None:
    """Write a plan; its plan.json comes last and completes it."""
    folder, files = root / "plans" / number, {}
    for name in FRAMES:
        frame = getattr(plan, name)
        said = {c: frame[c].map(lambda value: json.dumps(value, ensure_ascii=False)) for c in ("said",) if c in frame}
        content = parquet_bytes(frame.assign(**said))
        files[name] = sha256(content)
        write_bytes(content, folder / f"{name}.parquet", mode=READ_ONLY)
    certificate = asdict(plan.choice.certificate)
    greedy = None if plan.choice.greedy is None else dict(plan.choice.greedy.totals)
    told = {
        **about, "files": files, "certificate": certificate, "totals": dict(plan.choice.plan.totals), "greedy": greedy,
        "left_out": [[*pair, why] for pair, why in sorted(plan.left_out.items())],
        "absent": {kind: list(layers) for kind, layers in plan.absent.items()},
        "candidates": dict(plan.candidates), "guaranteed": dict(plan.guaranteed), "possible": dict(plan.possible),
        "present_value": dict(plan.present),
    }  # fmt: skip
    write_json(told, folder / ABOUT, mode=READ_ONLY)


def plan_kept(root: Path, number: str) -> bool:
    """Whether the plan was made before."""
    return (root / "plans" / number / ABOUT).is_file()


def plans_kept(root: Path) -> list[str]:
    """Ids of all plans, the one made last at the end."""
    found = [path.parent for path in (root / "plans").glob(f"*/{ABOUT}")]
    return [path.name for path in sorted(found, key=lambda path: (plan_about(root, path.name)["made_at"], path.name))]


def plan_named(root: Path, start: str) -> str:
    """The plan whose id begins with `start`, the newest for "". `WorkspaceError` where there is none."""
    known = plans_kept(root)
    if start:
        return full_id(known, start)
    if not known:
        raise WorkspaceError("there is no plan yet; make one with: hatangso plan")
    return known[-1]


def read_plan(root: Path, number: str) -> Kept:
    """A plan that is kept. `WorkspaceError` where it is gone or was changed."""
    about = plan_about(root, number)
    frames = {name: _frame(root, number, name, about["files"][name]) for name in FRAMES if name in about["files"]}
    serves = frames.get("serves", pd.DataFrame(columns=SERVE))  # plans made before it was kept have none
    items = gpd.GeoDataFrame(frames["items"])
    items["said"] = items["said"].map(json.loads)
    plain = pd.DataFrame(items.drop(columns="geometry"))
    greedy = None if about["greedy"] is None else Chosen(plain.head(0), frames["gains"].head(0), about["greedy"])
    choice = Choice(Chosen(plain, frames["gains"], about["totals"]), greedy, _certificate(about["certificate"]))
    left = {(kind, village): why for kind, village, why in about["left_out"]}
    absent = {kind: tuple(layers) for kind, layers in about["absent"].items()}
    plan = Plan(
        items=items, gains=frames["gains"], needs=frames["needs"], passing=frames["passing"], gaps=frames["gaps"],
        reachable=frames["reachable"], choice=choice, left_out=left, absent=absent, candidates=about["candidates"],
        guaranteed=about["guaranteed"], possible=about["possible"], visits=frames["visits"], serves=serves,
        present=about.get("present_value", {}),
    )  # fmt: skip
    return Kept(number, about, plan)


def plan_about(root: Path, number: str) -> dict[str, Any]:
    """What plan.json says. `WorkspaceError` where there is no such plan."""
    try:
        about: dict[str, Any] = json.loads((root / "plans" / number / ABOUT).read_bytes())
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"plan {number[:12]} is missing or damaged") from error
    return about


def _frame(root: Path, number: str, name: str, digest: str) -> pd.DataFrame:
    path = root / "plans" / number / f"{name}.parquet"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WorkspaceError(f"plan {number[:12]} is missing or damaged") from error
    if sha256(content) != digest:
        raise WorkspaceError(f"plan {number[:12]} was changed")
    return gpd.read_parquet(BytesIO(content)) if name == "items" else pd.read_parquet(BytesIO(content))


def _certificate(said: Mapping[str, Any]) -> Certificate:
    """A certificate from JSON, where numbers without end are missing."""
    stages = [_endless(stage) for stage in said["stages"]]
    found: Certificate = CERTIFICATE.validate_python({**_endless(said), "stages": stages})
    return found


def _endless(said: Mapping[str, Any]) -> dict[str, Any]:
    return {**said, **{name: float("inf") for name in NUMBERS if name in said and said[name] is None}}
