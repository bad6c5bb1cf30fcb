"""The commune of who asks and its villages, in the boundaries that hold today, whether or not anything was assessed."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from api.claims.desk import Desk, register
from api.current import slots_seen
from api.people.visible import own
from api.store import dataset_frame, stored
from geo.names import fold, sort_key


@dataclass(frozen=True, slots=True)
class Village:
    """A village. `people` is missing where the register does not say; `found` is its name folded for search."""

    id: str
    name: str
    people: float | None
    found: str


@dataclass(frozen=True, slots=True)
class Home:
    """A commune and its villages in alphabetical order; none where its boundaries do not hold any more."""

    code: str
    name: str
    villages: tuple[Village, ...] = ()

    def village(self, wanted: str) -> Village | None:
        """The village of that id; none where it is not one of this commune."""
        return next((one for one in self.villages if one.id == wanted), None)


def home_of(session: Session, desk: Desk) -> Home:
    """The commune of the desk's person. `Problem` where no communes are current."""
    person, units = desk.person, register(desk.workspace, session, desk.today)
    kept = [slot.kept.dataset for slot in slots_seen(desk.workspace, session).values()]
    ids = {
        layer: tuple(sorted(d.id for d in kept if d.layer == layer and d.vintage == units.vintage))
        for layer in ("commune", "village")
    }
    code = person.commune or ""
    if person.vintage not in (None, str(units.vintage)):
        return Home(code, code)
    named = _rows(desk.workspace.path, "commune", ids["commune"])
    mine = _rows(desk.workspace.path, "village", ids["village"])
    mine = mine[own(person).mask(mine)].drop_duplicates("village", keep="last")
    found = [
        Village(v, str(n), None if pd.isna(p) else float(p), fold(f"{n} {v}"))
        for v, n, p in zip(mine["village"], mine["name"], mine["people"], strict=True)
    ]
    names = named.loc[named["village"].eq(code), "name"]
    return Home(code, str(names.iloc[-1]) if len(names) else code, tuple(sorted(found, key=lambda v: sort_key(v.name))))


@lru_cache(maxsize=8)
def _rows(root: Path, layer: str, datasets: tuple[str, ...]) -> pd.DataFrame:
    """Id (as `village`), name, commune and people of the units of some datasets, which never change."""
    parts = [dataset_frame(root, stored(root, layer, dataset).dataset) for dataset in datasets]
    columns = {"village": "code" if layer == "commune" else "village", "name": "name", "people": "people",
               "commune": "code" if layer == "commune" else "commune"}  # fmt: skip
    frames = [pd.DataFrame({new: part[old] for new, old in columns.items()}) for part in parts]
    whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))
    return whole.astype({"village": "str", "commune": "str"})
