"""Evidence: what was declared, measured or decided about an area, beside what the map shows; the better rank wins.

Rank: verdict > measured > map > predicted > declared; within a rank the newest. Evidence narrows what is open; where
two witnesses exclude each other the better one stays and the other is kept in view. Never averaged.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from geo.bounds import COLUMNS as BOUNDS
from geo.bounds import TOLERANCE
from geo.indicator import Indicator
from geo.layer import LAYERS, Declares

RANKS = ("verdict", "measured", "map", "predicted", "declared")
COLUMNS = ["area_id", "level", "indicator", "operator", "technology", "value", "of", "rank", "seen", "source"]


def none() -> pd.DataFrame:
    """An empty table of observations."""
    return pd.DataFrame({name: pd.Series(dtype="datetime64[us]" if name == "seen" else object) for name in COLUMNS})


def declared(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Observations that the declared tables among the layers state, columns `COLUMNS`.

    `value` is the value or the numerator, `of` the denominator (missing: the value stands alone); `seen` is the last
    day of the period declared.
    """
    stated = [
        _stated(frame, rule) for name, frame in tables.items() if name in LAYERS for rule in LAYERS[name].declares
    ]
    stated = [frame for frame in stated if len(frame)]
    return pd.concat(stated, ignore_index=True) if stated else none()


def _stated(frame: pd.DataFrame, rule: Declares) -> pd.DataFrame:
    rows = frame[frame[rule.value].notna() & frame["commune_named"].notna()]
    village = rows["village_named"]
    blank = pd.Series("", index=rows.index)
    evidence = rows["evidence"].fillna("")
    return pd.DataFrame(
        {
            "area_id": village.fillna(rows["commune_named"]),
            "level": village.isna().map({True: "commune", False: "village"}),
            "indicator": rows[rule.item_column] if rule.item_column else rule.indicator,
            "operator": blank,
            "technology": blank,
            "value": rows[rule.value].astype(float),
            "of": rows[rule.of].astype(float) if rule.of else np.nan,
            "rank": "declared",
            "seen": period_end(rows["period"]),
            "source": rows["provider"].fillna("") + evidence.where(evidence == "", " (" + evidence + ")"),
        }
    )


def period_end(period: pd.Series) -> pd.Series:
    """Last day of a period written YYYYMM, YYYYQ (a digit 1-4 or Q1-Q4) or YYYY."""
    year, rest = period.str[:4], period.str[4:].str.upper().str.removeprefix("Q")
    month = rest.where(rest.str.len() == 2, (pd.to_numeric(rest.where(rest != ""), errors="coerce") * 3).fillna(12))
    first = pd.to_datetime(year + "-" + month.astype(float).astype(int).astype(str).str.zfill(2) + "-01")
    return (first + pd.offsets.MonthEnd(0)).astype("datetime64[us]")


def resolve(
    mapped: pd.DataFrame, seen: pd.DataFrame, known: Indicator, oldest: Mapping[str, date | None]
) -> pd.DataFrame:
    """The bounds frame `mapped` (with `basis`, `as_of`, `source`) after all other witnesses had their say.

    `seen` are the observations of one indicator at one level. `oldest` is the first accepted day per rank: older ones
    change nothing but are kept in `others`. Adds `others` (JSON, "" for none) and `conflict`.
    """
    if seen.empty:
        return mapped.assign(others="", conflict=False)
    told = [*BOUNDS, "basis", "as_of", "source"]
    best, rest = mapped[told].where(mapped["basis"] == ""), seen[seen["area_id"].isin(mapped.index)]
    best = best.assign(basis="", source="")
    others: dict[str, list[dict[str, Any]]] = {}
    conflict = pd.Series(False, index=mapped.index)
    for rank in RANKS:
        given = [mapped] if rank == "map" else _witnesses(rest[rest["rank"] == rank], known, mapped)
        for turn, witness in enumerate(given):  # within a rank the newest speaks, older ones are only kept in view
            usable = _fresh(witness, oldest.get(rank) if rank != "map" else None) & (turn == 0)
            best, against, unused = _weigh(best, witness, usable)
            conflict |= against
            _note(others, witness, against | unused)
    said = pd.Series({area: _json(listed) for area, listed in others.items()}, dtype=object)
    return best.assign(others=said.reindex(best.index).fillna(""), conflict=conflict)


def _witnesses(seen: pd.DataFrame, known: Indicator, mapped: pd.DataFrame) -> list[pd.DataFrame]:
    """One frame per turn: every area's newest observation first, then its second newest ..."""
    if seen.empty:
        return []
    ordered = seen.sort_values(["seen", "value"], ascending=False, kind="stable")
    turn = ordered.groupby("area_id").cumcount()
    return [_witness(ordered[turn == n].set_index("area_id"), known, mapped) for n in range(int(turn.max()) + 1)]


def _witness(seen: pd.DataFrame, known: Indicator, mapped: pd.DataFrame) -> pd.DataFrame:
    """What one observation per area states. A lone share has the weight that the map knows, else an unknown one."""
    num, of = seen["value"], seen["of"]
    alone = of.isna()
    weighed = mapped["den_high"].where(mapped["den_high"] > 0).reindex(seen.index)
    weight = of.where(~alone, 1.0 if known.of == "" else weighed)
    value = (num / of.where(of > 0, 1.0)).where(~alone, num).clip(known.least, known.most)
    num = (value * weight).where(of != 0, 0.0)
    value = value.where(of != 0)
    columns = dict(zip(BOUNDS, [value, value, num, num, weight, weight], strict=True))
    told = pd.DataFrame(columns | {"basis": seen["rank"], "as_of": seen["seen"], "source": seen["source"]})
    return told.reindex(mapped.index)


def _fresh(witness: pd.DataFrame, oldest: date | None) -> pd.Series:
    return pd.Series(True, index=witness.index) if oldest is None else ~(witness["as_of"] < pd.Timestamp(oldest))


def _weigh(best: pd.DataFrame, witness: pd.DataFrame, usable: pd.Series) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """The best bounds narrowed by one more witness; where it contradicts them; where it was heard but not used."""
    speaks = (witness["low"].notna() | (witness["den_low"] == 0)) & witness["basis"].fillna("").ne("")
    silent = best["basis"] == ""
    first = silent & speaks & usable
    slack = TOLERANCE * best[["low", "high"]].abs().max(axis=1).where(np.isfinite, 0.0)
    apart = (witness["low"] > best["high"] + slack) | (witness["high"] < best["low"] - slack)
    against = ~silent & speaks & usable & apart
    joins = ~silent & speaks & usable & ~apart
    rises, falls = joins & (witness["low"] > best["low"]), joins & (witness["high"] < best["high"])
    out = best.copy()
    whole = first | ((rises | falls) & (witness["low"] == witness["high"]))  # an exact witness brings its own weight
    for end, moved in (("low", rises), ("high", falls)):
        for name in (end, f"num_{end}", f"den_{end}"):
            out[name] = out[name].mask(whole | moved, witness[name])
    mixed = (rises ^ falls) & ~whole & (out["den_low"] != out["den_high"])  # two weights for one area: none is known
    for name in BOUNDS[2:]:
        out[name] = out[name].mask(mixed)
    for name in ("basis", "as_of", "source"):
        out[name] = out[name].mask(first | rises | falls, witness[name])
    heard = speaks & ~first & ~rises & ~falls & ~against & (witness["basis"] != "map")
    return out, against, heard


def _note(others: dict[str, list[dict[str, Any]]], witness: pd.DataFrame, rows: pd.Series) -> None:
    for area, row in witness[rows].iterrows():
        seen = "" if pd.isna(row["as_of"]) else pd.Timestamp(row["as_of"]).date().isoformat()
        told = {"low": _plain(row["low"]), "high": _plain(row["high"])}
        others.setdefault(str(area), []).append(told | {"basis": row["basis"], "as_of": seen, "source": row["source"]})


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _json(listed: Iterable[dict[str, Any]]) -> str:
    return json.dumps(list(listed), ensure_ascii=False, separators=(",", ":"))
