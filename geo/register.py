"""The register in which a village gets its id once and keeps it: the given code, else one made, never from its name."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from geo.check import sender_ids, sender_rows
from geo.layer import LAYERS
from geo.names import commune_name, village_name
from geo.notices import Notice

COLUMNS = ["village", "commune", "kind", "bare", "former", "name", "code"]
MESSAGES = {
    "village_repeated": "“{value}” already stands in row {first}; delete one, or give former communes or codes",
    "village_unclear": "“{value}” can be {allowed} of the register; give the code or the former commune",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One village of the register: its id, commune of the vintage, and what it is known by; "" where not said."""

    village: str
    commune: str
    kind: str
    bare: str
    former: str
    name: str
    code: str

    def may_be(self, other: "Entry") -> bool:
        """Whether both can be one village: nothing that both say differs."""
        mine, theirs = (self.kind, self.former, self.code), (other.kind, other.former, other.code)
        return all(not a or not b or a == b for a, b in zip(mine, theirs, strict=True))


def empty_register() -> pd.DataFrame:
    """A register without villages."""
    return pd.DataFrame({n: pd.Series(dtype="str") for n in COLUMNS})


def register_villages(
    frame: pd.DataFrame, register: pd.DataFrame, new_id: Callable[[], str]
) -> tuple[pd.DataFrame, pd.DataFrame, list[Notice]]:
    """The rows of layer `village` with their id in `village`, the register with the new ones, and findings.

    A village is known again by its given code, else by commune and name, with kind, former commune and code wherever
    both say one. A new one has its given code as id, else `new_id()`, and keeps it; a code that comes later is only
    recorded. Rows that fit two villages, or a village of an earlier row, are left out with a finding.
    """
    book = Book([Entry(*row) for row in register[COLUMNS].fillna("").itertuples(index=False, name=None)])
    rows, ids = sender_rows(frame.index), sender_ids(frame, LAYERS["village"])
    first: dict[str, int] = {}
    villages: list[str | None] = []
    notices: list[Notice] = []
    for row, sender, said in zip(rows, ids, entries(frame), strict=True):
        fitting = book.fitting(said)
        if len(fitting) > 1:
            code, words = "village_unclear", {"value": said.name, "allowed": ", ".join(sorted(fitting))}
        else:
            village = book.settle(said, fitting, new_id)
            if village not in first:
                first[village] = row
                villages.append(village)
                continue
            code, words = "village_repeated", {"value": said.name, "first": str(first[village])}
        villages.append(None)
        notices.append(Notice(code, "error", MESSAGES[code], row, sender, "name", said.name, tuple(words.items())))
    named = frame.assign(village=pd.Series(villages, index=frame.index, dtype="str"))
    return named[named["village"].notna()], book.frame(), notices


def entries(frame: pd.DataFrame) -> list[Entry]:
    """What each row says of its village, without an id."""
    columns = ["commune", "name", "kind", "former_commune", "code"]
    said = frame[columns].astype(object).where(frame[columns].notna(), "").itertuples(index=False, name=None)
    found = []
    for commune, name, kind, former, code in said:
        parts = village_name(name)
        known_kind = parts.kind or ("" if kind == "other" else kind)
        found.append(Entry("", commune, known_kind, parts.bare, commune_name(former).bare, name, code))
    return found


class Book:
    """The register while rows are entered: villages by id, and their ids by code and by commune and name."""

    def __init__(self, known: list[Entry]) -> None:
        self.entries: dict[str, Entry] = {}
        self.by_code: dict[str, str] = {}
        self.by_name: dict[tuple[str, str], list[str]] = {}
        for entry in known:
            self.enter(entry)

    def enter(self, entry: Entry) -> None:
        """Add a village, or what became known of one."""
        same_name = self.by_name.setdefault((entry.commune, entry.bare), [])
        if entry.village not in same_name:
            same_name.append(entry.village)
        self.entries[entry.village] = entry
        for code in {entry.village, entry.code} - {""}:
            self.by_code[code] = entry.village

    def fitting(self, said: Entry) -> list[str]:
        """Ids of the villages that the row can mean."""
        if said.code in self.by_code:
            return [self.by_code[said.code]]
        return [v for v in self.by_name.get((said.commune, said.bare), []) if self.entries[v].may_be(said)]

    def settle(self, said: Entry, fitting: list[str], new_id: Callable[[], str]) -> str:
        """The id of the one fitting village, else of a new one."""
        if not fitting:
            village = said.code or new_id()
            if village in self.entries:
                raise ValueError(f"village id {village!r} is taken; ids must be made once")
            self.enter(replace(said, village=village))
            return village
        known = self.entries[fitting[0]]
        self.enter(replace(known, code=known.code or said.code, former=known.former or said.former))
        return known.village

    def frame(self) -> pd.DataFrame:
        """The register, by id."""
        rows = sorted(self.entries.values(), key=lambda e: e.village)
        return pd.DataFrame([[getattr(e, n) for n in COLUMNS] for e in rows], columns=COLUMNS).astype("str")
