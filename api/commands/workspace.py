"""Making a workspace, and what is in it: `init`, `upgrade`, `datasets`, `runs`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api import current, store
from api.command import Answer, Columns, ListGroup, Shared, UsageError, command, plain
from api.settings import Settings
from api.workspace import make_config, make_workspace, upgrade_workspace

app = typer.Typer()
datasets = typer.Typer(name="datasets", cls=ListGroup, help="The datasets that count now, and earlier ones.")
app.add_typer(datasets)
NAMES = {"viettel": "Viettel", "vnpt": "VNPT", "mobifone": "MobiFone", "vietnamobile": "Vietnamobile", "fpt": "FPT"}


@command(app, "init")
def init(
    shared: Shared,
    folder: Annotated[Path, typer.Argument(metavar="WORKSPACE", help="A new or empty folder.")],
    crs: Annotated[str, typer.Option(help="Metric CRS to work in; Thanh Hóa: EPSG:5897.")],
    operators: Annotated[str, typer.Option(help="Codes of the operators, or code=name, with commas between.")] = "",
    province: Annotated[str, typer.Option(help="Name of the province.")] = "",
) -> Answer:
    """Make a new workspace."""
    made = make_workspace(folder, make_config(crs, operator_names(operators), province=province), Settings())
    made.close()
    data = {"workspace": str(made.path.resolve()), **made.config.model_dump(mode="json")}
    said = shared.say("Made the workspace {path}. Next: import the communes.", path=made.path)
    step = "hatangso import communes.gpkg --layer commune --vintage 2025-07-01"
    return Answer(data, (plain(said, "green"), plain(f'  {step} --workspace "{folder}"')))


def operator_names(text: str) -> dict[str, str]:
    """Code → name from `viettel,vnpt` or `a=Nhà mạng A,b=…`, in order. `UsageError` where a code stands twice."""
    named: dict[str, str] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        code, _, name = item.partition("=")
        if code in named:
            raise UsageError(f"operator {code!r} is named twice")
        named[code.strip()] = name.strip() or NAMES.get(code.strip(), code.strip())
    return named


@command(app, "upgrade")
def upgrade(shared: Shared) -> Answer:
    """Bring a workspace made by an older version up to date."""
    path = upgrade_workspace(shared.workspace, Settings())
    return Answer(
        {"workspace": str(path)}, (plain(shared.say("The workspace {path} is up to date.", path=path), "green"),)
    )


@command(datasets, "list")
def list_datasets(shared: Shared) -> Answer:
    """List the datasets that count now."""
    with shared.opened() as workspace:
        found = current.slots(workspace)
    items: list[dict[str, Any]] = [
        {"slot": s.name, "since": s.since, "by": s.actor, **about(s.kept)} for s in found.values()
    ]
    table = Columns(
        ("slot", "number of rows", "data of", "file sent", "current since", "imported by", "dataset id"),
        [(i["slot"], i["rows"], i["as_of"], filed(i, shared), i["since"][:10], i["by"], i["id"][:12]) for i in items],
    )
    empty = plain(shared.say("No dataset yet. Import the communes first."))
    return Answer({"datasets": items}, (table.table(shared.spoken) if items else empty,))


def filed(item: dict[str, Any], shared: Shared) -> str:
    """The file that was sent, with its licence and right where they are known."""
    right = "" if item.get("upstream_right", "shown") == "shown" else item["upstream_right"]
    known = [shared.say(said) for said in (item.get("licence", ""), right) if said]
    return f"{item['file']} ({'; '.join(known)})" if known else str(item["file"])


def about(kept: store.Stored) -> dict[str, Any]:
    """A dataset for JSON and tables."""
    dataset, origin = kept.dataset, kept.origin
    named = dataset.model_dump(mode="json", exclude={"completeness"})
    complete_for = sorted({s.area for s in dataset.completeness if s.complete})
    rejected = {"rows_rejected": origin.rows_rejected, "file": origin.file}
    fetched: dict[str, Any] = {
        name: origin.options[name] for name in ("url", "licence", "upstream_right") if name in origin.options
    }
    return {"id": dataset.id, **named, **rejected, **fetched, "complete_for": complete_for}


@command(datasets, "use")
def use(
    shared: Shared,
    dataset: Annotated[str, typer.Argument(metavar="ID", help="Its id, at least the first 6 characters.")],
) -> Answer:
    """Make a version of a dataset count (again)."""
    with shared.opened() as workspace:
        kept, before = current.use(workspace, dataset)
    said = shared.say("{slot}: dataset {id} counts now.", slot=kept.dataset.slot, id=kept.dataset.id[:12])
    return Answer({"dataset": about(kept), "replaces": about(before) if before else None}, (plain(said, "green"),))


@command(datasets, "withdraw")
def withdraw(shared: Shared, slot: Annotated[str, typer.Argument(help="Its slot, as `datasets` lists it.")]) -> Answer:
    """Let no dataset count in a slot, for example after an import under a wrong name."""
    with shared.opened() as workspace:
        kept = current.withdraw(workspace, slot)
    said = shared.say("{slot}: no dataset counts now; {id} is kept.", slot=slot, id=kept.dataset.id[:12])
    return Answer({"withdrawn": about(kept)}, (plain(said, "green"),))


@command(app, "runs")
def runs(shared: Shared) -> Answer:
    """List the assessments made so far, newest last."""
    with shared.opened() as workspace:
        items = [{"id": run, **store.run_about(workspace.path, run)} for run in store.runs_kept(workspace.path)]
    table = Columns(
        ("run id", "criteria set", "judged for", "boundary vintage", "made on", "datasets used"),
        [
            (i["id"][:12], i["criteria_id"], i["as_of"], i["vintage"], i["made_at"][:19], len(i["sources"]))
            for i in items
        ],
    )
    empty = plain(shared.say("No assessment yet; make one with: hatangso assess"))
    return Answer({"runs": items}, (table.table(shared.spoken) if items else empty,))
