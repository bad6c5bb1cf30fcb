"""The one predicate: which rows and columns of a layer somebody sees. What is not recognised is denied.

Classes (docs of the layers): C1 public, C2 unverified, C3 operators' assets, C4 cameras. Everything that reads rows
(items, counts, extents, filters, exports, search) goes through `visible`; what it does not give does not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, false, or_, true

from api.people.access import Person
from geo.layer import LAYERS

POLICE_ONLY = frozenset({"direction", "view_degrees", "range_m"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What is seen: every row, or those of one commune (of a vintage) or of some operators; less the hidden columns."""

    everything: bool = False
    commune: str | None = None
    operators: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    def mask(self, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Which rows of a frame with columns `commune` and `operator` (a missing column fits nobody) are seen."""
        if self.everything:
            return pd.Series(data=True, index=frame.index, dtype=bool)
        seen = np.zeros(len(frame), dtype=bool)
        if self.commune is not None and "commune" in frame:
            seen |= frame["commune"].eq(self.commune).fillna(False).to_numpy(bool)
        if self.operators and "operator" in frame:
            seen |= frame["operator"].isin(list(self.operators)).to_numpy(bool)
        return pd.Series(seen, index=frame.index, dtype=bool)

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows that are seen, without the hidden columns."""
        return frame[self.mask(frame)].drop(columns=list(self.hidden), errors="ignore")

    def clause(
        self, commune: ColumnElement[str | None] | None = None, operator: ColumnElement[str | None] | None = None
    ) -> ColumnElement[bool]:
        """The same as SQL, over those columns of a table."""
        if self.everything:
            return true()
        parts = []
        if self.commune is not None and commune is not None:
            parts.append(commune == self.commune)
        if self.operators and operator is not None:
            parts.append(operator.in_(sorted(self.operators)))
        return or_(*parts) if parts else false()


ALL = Scope(everything=True)


def visible(person: Person, layer: str, published: Iterable[str] = ()) -> Scope | None:
    """What `person` sees of a layer; none where the layer does not exist for that person.

    `published` are the operators whose maps are published.
    """
    sensitivity = LAYERS[layer].sensitivity if layer in LAYERS else "C4"
    if sensitivity == "C1":
        return ALL
    if sensitivity == "C4":
        return _cameras(person)
    if person.role == "planner":
        return ALL
    operators = frozenset({person.operator} if person.role == "operator" and person.operator else ())
    if sensitivity == "C2" and "operator" in LAYERS[layer].names:
        operators |= frozenset(published)
    commune = person.commune if person.role == "commune" else None
    return Scope(commune=commune, operators=operators) if commune is not None or operators else None


def _cameras(person: Person) -> Scope | None:
    if person.role == "police":
        return ALL
    if person.role == "planner":
        return Scope(everything=True, hidden=POLICE_ONLY)
    if person.role == "commune" and person.commune is not None:
        return Scope(commune=person.commune, hidden=POLICE_ONLY)
    return None


def own(person: Person) -> Scope:
    """What `person` sees of filings, challenges and other rows of the ledger: all, its commune's, its operator's."""
    if person.role in ("planner", "auditor"):
        return ALL
    if person.role == "commune" and person.commune is not None:
        return Scope(commune=person.commune)
    if person.role == "operator" and person.operator:
        return Scope(operators=frozenset({person.operator}))
    return Scope()
