"""The difference between two runs as a job, and the files in which its page reads it."""

from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from api.comparing import explained
from api.work.intake_shapes import Strict
from api.work.job_kinds import Task, job
from geo.causes import counted
from geo.compare import MOVES
from geo.words import Lang
from geo.write import write_json, write_parquet
from maps.comparison import NAME, Compared, described, detail_table, overview_table, write_comparison

ABOUT = "difference.json"
RAW = ("criterion", "level", "area_id", "moved", "cause", "events")
FIRST = ("worse", "better", "incomparable", "same", "only_b", "only_a")  # results that moved come before values
LEVELS = ("province", "commune", "village")
LANGS: tuple[Lang, ...] = ("vi", "en")
RunId = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class CompareBody(Strict):
    """Two runs, by their whole ids: what changed from `a` to `b`."""

    a: RunId
    b: RunId


@job("diff", steps=8)
def diff(task: Task) -> dict[str, Any]:
    """What differs between two runs, and what moved each value; some inputs are assessed again for it."""
    body = CompareBody.model_validate_json(task.asked)
    task.tell("Comparing")
    found, lost = explained(task.workspace, (body.a, body.b), task.person.audience, task.tell)
    files = write_comparison(task.folder, found, "vi")
    for lang in LANGS:
        write_parquet(rows_told(found, lang), task.folder / f"rows.{lang}.parquet")
    about: dict[str, Any] = {lang: _about(found, lang) for lang in LANGS}
    write_json(about | {"lost": str(lost) if lost else ""}, task.folder / ABOUT)
    listed = [{"name": path.name, "bytes": path.stat().st_size} for path in files if path.stem == NAME]
    causes = counted(found.differing)
    return {"compared": len(found.rows), "differing": len(found.differing), "causes": causes, "files": listed}


def rows_told(found: Compared, lang: Lang) -> pd.DataFrame:
    """Every row that differs: the words of `maps.comparison.detail_table` beside the codes of `RAW`."""
    rows = found.differing
    order = pd.DataFrame({"moved": rows["moved"].map(FIRST.index), "level": rows["level"].map(LEVELS.index)})
    rows = rows.loc[order.sort_values(["moved", "level"], kind="stable").index].reset_index(drop=True)
    words = detail_table(found, rows, lang).frame.astype("str").fillna("")
    return pd.concat([rows[list(RAW)].astype("str").fillna(""), words], axis=1)


def _about(found: Compared, lang: Lang) -> dict[str, Any]:
    table = overview_table(found, lang)
    rows = [
        {"title": row["chi_tieu"], "level": row["cap"], **{move: int(row[move]) for move in MOVES}}
        for row in table.frame.to_dict("records")
    ]
    return {
        "heads": described(found, lang), "overview": rows, "titles": found.titles(lang),
        "fields": [(f.name, f.title(lang)) for f in detail_table(found, found.rows.head(0), lang).fields],
    }  # fmt: skip
