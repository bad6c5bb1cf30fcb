"""Rows that their sender may not send: another operator's, another commune's. One of them and nothing is imported."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo.notices import Notice
from geo.units import Units

OTHER_OPERATOR = "the row is of operator {value}, but you send for {own} only; leave it out, or correct its operator"
NO_OPERATOR = "the row names no operator; you send for {own} only, so write {own} in it"
OTHER_COMMUNE = (
    "the row is of commune {value}, but you send for {own} only; leave it out, or correct the commune it names"
)
NO_COMMUNE = "the row names no commune; you send for {own} only, so write its code in it"
NOTHING = "{n} rows are not yours to send, so nothing of the file is imported; see the rows named"
OTHER_RASTER = "the file is of operator {value}, but you send for {own} only"
OTHER_BOUNDARIES = (
    "your account is for commune {own} of the boundaries of {mine}, but these data are of {used}; ask the province to "
    "renew your account"
)


@dataclass(frozen=True, slots=True)
class Mine:
    """Whose rows somebody may send: one operator's, or those of one commune (of a vintage)."""

    operator: str | None = None
    commune: str | None = None
    vintage: str | None = None


def foreign_rows(
    frame: pd.DataFrame, rows: pd.Index, rejected: pd.DataFrame, units: Units | None, mine: Mine | None
) -> list[Notice]:
    """An error for each row that is not the sender's, rejected ones too, and one for the file where there are any.

    `rows` are the sender's numbers of the rows of `frame`; the index of `rejected` is such numbers.
    """
    if mine is None:
        return []
    numbered = frame.set_axis(rows)
    found = []
    if mine.operator is not None:
        told = (OTHER_OPERATOR, NO_OPERATOR)
        found += _other("operator", mine.operator, told, numbered, rejected)
    if mine.commune is not None:
        found += _other("commune_named", mine.commune, (OTHER_COMMUNE, NO_COMMUNE), numbered, rejected)
        if units is not None and mine.vintage is not None and units.vintage != mine.vintage:
            said = {"own": mine.commune, "mine": mine.vintage, "used": units.vintage}
            return [Notice("not_yours", "error", OTHER_BOUNDARIES, values=tuple(said.items()))]
    whole = Notice("not_yours", "error", NOTHING, values=(("n", str(len(found))),))
    return [*found, whole] if found else []


def foreign_raster(stated: Mapping[str, str], mine: Mine | None) -> list[Notice]:
    """An error where a raster is of another operator."""
    if mine is None or mine.operator is None or stated.get("operator") == mine.operator:
        return []
    said = {"value": stated.get("operator", ""), "own": mine.operator}
    return [Notice("not_yours", "error", OTHER_RASTER, values=tuple(said.items()))]


def _other(column: str, own: str, told: tuple[str, str], good: pd.DataFrame, rejected: pd.DataFrame) -> list[Notice]:
    """Findings about one column: usable rows must say `own`, rejected ones must not say another."""
    nothing = pd.Series(None, dtype=object)
    given = pd.concat([f[column].astype(object) if column in f else nothing for f in (good, rejected)])
    if column not in good and len(good):
        given = pd.concat([given, pd.Series(None, index=good.index, dtype=object)])
    wrong = given[given.notna() & (given != own)]
    unsaid = given[given.isna() & given.index.isin(good.index)]
    found = [(int(row), str(value), told[0]) for row, value in wrong.items()]
    found += [(int(row), "", told[1]) for row in unsaid.index]
    return [
        Notice(
            "not_yours", "error", text, row, "", column.removesuffix("_named"), value, (("value", value), ("own", own))
        )
        for row, value, text in sorted(found)
    ]
