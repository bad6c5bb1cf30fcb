"""For which units a layer is complete, as its sender said it. Stated, never guessed: elsewhere absence is unknown."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import product
from typing import Literal

import pandas as pd

from geo.layer import Layer
from geo.units import Units
from geo.unusable import unusable

EVERYWHERE = "*"
COLUMNS = ["layer", "operator", "technology", "area", "complete", "as_of", "who"]
Level = Literal["village", "commune"]
Said = Literal["all", "none"] | Sequence[str]


def completeness_rows(  # noqa: PLR0913 # the parts of one statement
    layer: Layer,
    frame: pd.DataFrame,
    said: Said,
    *,
    units: Units | None,
    as_of: date,
    who: str,
    operators: Sequence[str] = (),
    technologies: Sequence[str] = (),
    rejected: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The statement as rows of docs/architecture.md: complete areas, then what rejected rows leave unsurveyed.

    `said` is `all`, `none`, or ids of communes and villages. For layers stated per operator and technology, those are
    the given ones, else those of the frame; with neither, `InputError`, as silence is no statement. `rejected` are
    those of `geo.read.Reading`: each takes its village, else its commune, else everywhere, out of the survey.
    """
    areas = stated_areas(said, units)
    gone = rejected if rejected is not None else pd.DataFrame(index=[])
    every_operator = stated("operator", layer, operators, [frame, gone], needed=bool(areas))
    every_technology = stated("technology", layer, technologies, [frame, gone], needed=bool(areas))
    whole = list(product(every_operator, every_technology, areas, [True]))
    parts = [row for reject in records(gone) for row in taken_out(reject, every_operator, every_technology)]
    rows = pd.DataFrame(list(dict.fromkeys([*whole, *parts])), columns=["operator", "technology", "area", "complete"])
    dtypes = {**dict.fromkeys(["layer", "operator", "technology", "area", "who"], "str"), "complete": "bool"}
    return rows.assign(layer=layer.name, as_of=pd.Timestamp(as_of), who=who).astype(
        {**dtypes, "as_of": "datetime64[us]"}
    )[COLUMNS]


def stated_areas(said: Said, units: Units | None) -> list[str]:
    """The areas of a statement; `InputError` where one is neither a commune nor a village of the units."""
    if isinstance(said, str):
        return {"all": [EVERYWHERE], "none": []}[said]
    known = set() if units is None else set(units.communes.index)
    known |= set() if units is None or units.villages is None else set(units.villages.index)
    if unknown := sorted(set(said) - known):
        raise unusable("neither a commune nor a village: {unknown}", unknown=", ".join(unknown))
    return list(dict.fromkeys(said))


def stated(
    column: str, layer: Layer, given: Sequence[str], frames: Iterable[pd.DataFrame], *, needed: bool
) -> list[str]:
    """The operators or technologies of a statement: `[""]` for layers that are not stated by them."""
    if column not in layer.per:
        return [""]
    found = {v for frame in frames if column in frame for cell in frame[column].dropna() for v in str(cell).split(",")}
    values = list(given) or sorted(found)
    if needed and not values:
        raise unusable(
            "say for which {column} the file is complete, as no row says it (--set {column}=…)", column=column
        )
    return values


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """The rows as dicts."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def taken_out(
    reject: dict[str, object], operators: list[str], technologies: list[str]
) -> list[tuple[str, str, str, bool]]:
    """The rows that a rejected row makes: its village, else its commune, else everywhere is not surveyed."""
    named = [reject.get(n) for n in ("village_named", "commune_named")]
    area = next((str(n) for n in named if isinstance(n, str)), EVERYWHERE)
    operator, technology = reject.get("operator"), reject.get("technology")
    whose = [operator] if isinstance(operator, str) and operators != [""] else operators
    which = technology.split(",") if isinstance(technology, str) and technologies != [""] else technologies
    return [(o, t, area, False) for o, t in product(whose, which)]


def complete(
    areas: pd.Index,
    level: Level,
    rows: pd.DataFrame,
    villages: pd.Series,
    operator: str | Sequence[str] = "",
    technology: str | Sequence[str] = "",
) -> pd.Series:
    """Whether one layer is complete for each area, in their order; for several operators or technologies, of all.

    `rows` are the completeness rows of that layer, `villages` the commune of every village (index: village id).
    A village: a statement for it, its commune or everywhere, and nothing taken out of those three.
    A commune: a statement for it, everywhere or all of its villages, and nothing taken out there or in a village.
    """
    whole = pd.Series(True, index=areas)
    for one, other in product(as_list(operator), as_list(technology)):
        mine = rows[(rows["operator"] == one) & (rows["technology"] == other)]
        yes, no = set(mine.loc[mine["complete"], "area"]), set(mine.loc[~mine["complete"], "area"])
        whole &= (complete_villages if level == "village" else complete_communes)(areas, yes, no, villages)
    return whole


def complete_villages(areas: pd.Index, yes: set[str], no: set[str], villages: pd.Series) -> pd.Series:
    """Whether each village is complete, by the areas stated and taken out."""
    commune = villages.reindex(areas)
    stated_here = areas.isin(yes) | commune.isin(yes) | (EVERYWHERE in yes)
    gone = areas.isin(no) | commune.isin(no) | (EVERYWHERE in no)
    return pd.Series(stated_here & ~gone, index=areas).astype(bool)


def complete_communes(areas: pd.Index, yes: set[str], no: set[str], villages: pd.Series) -> pd.Series:
    """Whether each commune is complete, by the areas stated and taken out."""
    each = pd.Series(villages.index.isin(yes), index=villages.index).groupby(villages).all().reindex(areas)
    holed = set(villages[villages.index.isin(no)])
    stated_here = areas.isin(yes) | each.eq(True) | (EVERYWHERE in yes)
    gone = areas.isin(no) | areas.isin(holed) | (EVERYWHERE in no)
    return pd.Series(stated_here & ~gone, index=areas).astype(bool)


def who_is_missing(
    areas: pd.Index,
    level: Level,
    rows: pd.DataFrame,
    villages: pd.Series,
    operators: Sequence[str] = ("",),
    technologies: Sequence[str] = ("",),
) -> pd.DataFrame:
    """Area, operator and technology of every statement that is lacking, in the order of the areas."""
    lacking = []
    for operator, technology in product(operators, technologies):
        done = complete(areas, level, rows, villages, operator, technology)
        gaps = pd.DataFrame({"area": areas[~done.to_numpy()], "operator": operator, "technology": technology})
        lacking.append(gaps)
    found = (
        pd.concat(lacking, ignore_index=True) if lacking else pd.DataFrame(columns=["area", "operator", "technology"])
    )
    order = pd.Series(range(len(areas)), index=areas)
    return found.sort_values("area", key=lambda a: a.map(order), kind="stable", ignore_index=True)


def as_list(value: str | Sequence[str]) -> list[str]:
    """One or several values as a list."""
    return [value] if isinstance(value, str) else list(value)
