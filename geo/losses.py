"""What is lost where results are carried to other units, as reason codes; and what the carried rows rest on."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from geo import reason
from geo.boundaries import VINTAGES, units
from geo.observe import RANKS

LOSSES = (
    "carried_from", "part_of_split", "divided_by_villages", "former_communes", "not_carried", "former_without_result",
)  # fmt: skip
MANY = 5  # names or reasons that are listed
TOLD = ["reason", "basis", "as_of", "source", "conflict", "people_source"]


class Member(NamedTuple):
    """What a former unit says that went into a new one; `surely` and `perhaps` of a yes/no, `silent` without a row."""

    unit: str
    part: bool
    exact: bool
    silent: bool
    way: str
    surely: bool
    perhaps: bool
    reason: str
    basis: str
    as_of: str
    source: str
    conflict: bool
    people_source: str


def lost(text: str) -> str:
    """Of a reason, only what carrying lost; "" for a result that was judged where it stands."""
    return reason.encode([one for one in reason.codes(text) if one[0] in LOSSES])


def told(moving: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Per new unit (`moving` as from `geo.flows`, grouped by `key`): columns `TOLD`, index `key`.

    `basis` is the weakest and `as_of` the oldest of what went into it; `conflict` where any of them had one.
    """
    vintage = str(moving["from_vintage"].iloc[0]) if len(moving) else ""
    names = {str(i): str(n) for i, n in units(vintage)["name"].items()} if vintage in VINTAGES else {}
    ordered = moving.sort_values([*key, "from_id"])
    keys = zip(*(ordered[name].astype(object).tolist() for name in key), strict=True)
    about: dict[tuple[Member, ...], list[object]] = {}  # most new units hear the same again for every criterion
    found = {}
    for at, group in groupby(zip(keys, _members(ordered), strict=True), key=lambda pair: pair[0]):
        members = tuple(member for _, member in group)
        if members not in about:
            about[members] = _about(members, vintage, names)
        found[at] = about[members]
    index = pd.MultiIndex.from_tuples(list(found), names=key) if found else pd.MultiIndex.from_arrays([[]] * len(key))
    return pd.DataFrame(list(found.values()), columns=TOLD, index=index)


def _members(rows: pd.DataFrame) -> Iterable[Member]:
    silent = rows["area_id"].isna()
    yes_no = rows["way"].eq("yes/no")
    texts = [rows[name].fillna("").astype(object).tolist() for name in ("reason", "basis", "as_of", "source")]
    columns = [
        rows["from_id"].astype(object).tolist(), rows["part"].tolist(), rows["exact"].tolist(), silent.tolist(),
        rows["way"].astype(object).tolist(), (yes_no & rows["own_low"].eq(1)).tolist(),
        (yes_no & (rows["own_high"].eq(1) | silent)).tolist(), *texts,
        rows["conflict"].eq(True).tolist(), rows["people_source"].fillna("").astype(object).tolist(),
    ]  # fmt: skip
    return (Member(*values) for values in zip(*columns, strict=True))


def _about(members: Sequence[Member], vintage: str, names: Mapping[str, str]) -> list[object]:
    """The values of `TOLD`."""
    present = [m for m in members if not m.silent]
    ranks = {m.basis for m in present} & set(RANKS)
    days = sorted({str(m.as_of) for m in present} - {""})
    sources = sorted({part for m in present for part in m.source.split("; ") if part})
    people = sorted({part for m in present for part in m.people_source.split(",") if part})
    return [
        reason.encode([*_lost(members, vintage, names), *_kept(present)]),
        max(ranks, key=RANKS.index) if ranks else "",
        days[0] if days else "",
        _few(sources),
        any(m.conflict for m in present),
        ",".join(people),
    ]


def _lost(members: Sequence[Member], vintage: str, names: Mapping[str, str]) -> list[reason.Code]:
    called = {m.unit: names.get(m.unit, m.unit) for m in members}
    parts = [called[m.unit] for m in members if m.part]
    divided = [called[m.unit] for m in members if m.exact]
    silent = [called[m.unit] for m in members if m.silent]
    way = members[0].way
    codes = [reason.code("carried_from", vintage=vintage)]
    codes += [reason.code("part_of_split", names=_few(parts))] if parts and way in ("share", "sum") else []
    codes += [reason.code("divided_by_villages", names=_few(divided))] if divided else []
    codes += [reason.code("former_communes", **_yes(members))] if way == "yes/no" else []
    codes += [reason.code("not_carried")] if way == "none" else []
    return codes + ([reason.code("former_without_result", names=_few(silent))] if silent else [])


def _yes(members: Sequence[Member]) -> dict[str, object]:
    """How many former units surely (perhaps: –possibly) had it, of how many that touch the new one."""
    surely, perhaps = sum(m.surely for m in members), sum(m.perhaps for m in members)
    return {"n": surely if surely == perhaps else f"{surely}–{perhaps}", "of": len(members)}


def _kept(members: Iterable[Member]) -> list[reason.Code]:
    """Reasons of the former units that still hold for a new one."""
    found = dict(pair for text in {m.reason for m in members} for pair in _lasting(text))
    return [found[text] for text in sorted(found)[:MANY]]


@cache
def _lasting(text: str) -> tuple[tuple[str, reason.Code], ...]:
    """Of a reason what counts nothing in its unit, each with its own text."""
    kept = (one for one in reason.codes(text) if not {"n", "of"} & set(one[1]) and one[0] not in LOSSES)
    return tuple((reason.encode([one]), one) for one in kept)


def _few(texts: Iterable[str]) -> str:
    listed = list(texts)
    return "; ".join(listed[:MANY]) + ("; …" if len(listed) > MANY else "")
