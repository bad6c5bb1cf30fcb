"""Evidence: what was declared, measured or decided about an area, beside what the map shows; the better rank wins.

Rank: verdict > measured > map > predicted > declared; within a rank the newest. Evidence narrows what is open; where
two witnesses exclude each other the better one stays and the other is kept in view. Never averaged: where those of
one rank and day exclude each other, the value lies anywhere between them.

`events` are ids of events in the ledger, joined by ",", "" where a statement is none of them.
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
COLUMNS = [
    "area_id", "level", "indicator", "operator", "technology", "value", "of", "rank", "seen", "source", "events",
]  # fmt: skip
TOLD = ["basis", "as_of", "source", "events"]


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
            "events": blank,
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
    change nothing but are kept in `others`. Adds `others` (JSON, "" for none), `conflict`, and `events`: those that
    the row rests on. What `mapped` says of these three already is kept.
    """
    mapped = mapped if "events" in mapped else mapped.assign(others="", conflict=False, events="")
    rest = seen[seen["area_id"].isin(mapped.index)]
    if rest.empty:
        return mapped
    best = mapped[[*BOUNDS, *TOLD]].where(mapped["basis"] == "").assign(basis="", source="", events="")
    others: dict[str, list[dict[str, Any]]] = {}
    conflict = pd.Series(False, index=mapped.index)
    for rank in RANKS:
        given = [[mapped]] if rank == "map" else _turns(rest[rest["rank"] == rank], known, mapped)
        for turn, voices in enumerate(given):  # within a rank the newest speak, older ones are only kept in view
            witness, split = _hull(voices)
            usable = _fresh(witness, oldest.get(rank) if rank != "map" else None) & (turn == 0)
            best, against, unused = _weigh(best, witness, usable)
            conflict |= against | (split & usable)
            for voice in voices:
                _note(others, voice, (against | unused | split) & voice["basis"].fillna("").ne(""))
    said = pd.Series({area: encoded(listed) for area, listed in others.items()}, dtype=object)
    said = said.reindex(best.index).fillna("")
    return best.assign(others=together(mapped["others"], said), conflict=conflict | mapped["conflict"].astype(bool))


def together(first: pd.Series, second: pd.Series) -> pd.Series:
    """The witnesses of both, as JSON, each once."""
    both = (first != "") & (second != "")
    if not both.any():
        return first.where(first != "", second)
    pairs = zip(first[both], second[both], strict=True)
    listed = [encoded({encoded([one]): one for text in pair for one in json.loads(text)}.values()) for pair in pairs]
    joined = pd.Series(listed, index=first.index[both], dtype=object)
    return first.where(first != "", second).mask(both, joined.reindex(first.index))


def both_events(first: pd.Series, second: pd.Series) -> pd.Series:
    """The events of both, each once, in the order of their ids."""
    if not second.ne("").any():
        return first
    pairs = zip(first, second, strict=True)
    return pd.Series([event_text({*event_ids(a), *event_ids(b)}) for a, b in pairs], index=first.index, dtype=object)


def event_ids(text: object) -> tuple[int, ...]:
    """The ids in a cell of `events`; none where it is empty or missing."""
    return tuple(int(part) for part in text.split(",")) if isinstance(text, str) and text else ()


def event_text(ids: Iterable[int]) -> str:
    """A cell of `events`."""
    return ",".join(map(str, sorted(ids)))


def _turns(seen: pd.DataFrame, known: Indicator, mapped: pd.DataFrame) -> list[list[pd.DataFrame]]:
    """Per turn, every area's newest day first, what was said of it that day: one frame per voice, least value first."""
    if seen.empty:
        return []
    told = _witness(seen.set_index("area_id"), known, mapped).rename_axis("area_id").reset_index()
    days = told.groupby("area_id")["as_of"].rank(method="dense", ascending=False, na_option="bottom")
    told = told.assign(turn=days).sort_values(["turn", "low", "source"], na_position="first", kind="stable")
    told["voice"] = told.groupby(["area_id", "turn"]).cumcount()
    return [
        [voice.set_index("area_id").reindex(mapped.index) for _, voice in day.groupby("voice")]
        for _, day in told.groupby("turn")
    ]


def _hull(voices: list[pd.DataFrame]) -> tuple[pd.DataFrame, pd.Series]:
    """What one day's voices say together, and where they exclude each other: from the least of them to the most."""
    out, split = voices[0], pd.Series(False, index=voices[0].index)
    for voice in voices[1:]:
        speaks = voice["basis"].fillna("").ne("")
        differs = speaks & (_above(voice["low"], out["high"]) | (voice["low"].isna() != out["low"].isna()))
        for name in ("num_high", "den_high"):
            out = out.assign(**{name: out[name].mask(differs, voice[name])})
        both = out["source"].fillna("") + "; " + voice["source"].fillna("")
        out = out.assign(
            low=out["low"].fillna(voice["low"].where(differs)),
            high=out["high"].mask(differs, voice["high"].fillna(out["high"])),
            source=out["source"].mask(speaks & (voice["source"] != out["source"]), both),
            events=both_events(out["events"].fillna(""), voice["events"].fillna("")),
        )
        split |= differs
    return out, split


def _above(value: pd.Series, other: pd.Series) -> pd.Series:
    """Where `value` is more than `other`, by more than what counts as equal."""
    size = pd.concat([value.abs(), other.abs()], axis=1).max(axis=1)
    return value > other + TOLERANCE * size.where(np.isfinite(size), 0.0)


def _witness(seen: pd.DataFrame, known: Indicator, mapped: pd.DataFrame) -> pd.DataFrame:
    """What observations (index: area, perhaps repeated) state. A lone share weighs what the map knows, else unknown."""
    num, of = seen["value"].astype(float), seen["of"].astype(float)
    alone = of.isna()
    weighed = seen.index.to_series().map(mapped["den_high"].where(mapped["den_high"] > 0)).astype(float)
    weight = of.where(~alone, 1.0 if known.of == "" else weighed)
    value = (num / of.where(of > 0, 1.0)).where(~alone, num).clip(known.least, known.most)
    num = (value * weight).where(of != 0, 0.0)
    value = value.where(of != 0)
    columns = dict(zip(BOUNDS, [value, value, num, num, weight, weight], strict=True))
    told = {"basis": seen["rank"], "as_of": seen["seen"], "source": seen["source"], "events": seen["events"].fillna("")}
    return pd.DataFrame(columns | told)


def _fresh(witness: pd.DataFrame, oldest: date | None) -> pd.Series:
    return pd.Series(True, index=witness.index) if oldest is None else ~(witness["as_of"] < pd.Timestamp(oldest))


def _weigh(best: pd.DataFrame, witness: pd.DataFrame, usable: pd.Series) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """The best bounds narrowed by one more witness; where it contradicts them; where it was heard but not used."""
    speaks = (witness["low"].notna() | (witness["den_low"] == 0)) & witness["basis"].fillna("").ne("")
    silent = best["basis"] == ""
    first = silent & speaks & usable
    apart = _above(witness["low"], best["high"]) | _above(best["low"], witness["high"])
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
    told, before = first | rises | falls, best["events"]
    for name in TOLD:
        out[name] = out[name].mask(told, witness[name])
    if before.ne("").any():  # one end still rests on what was said before
        out["events"] = out["events"].mask(told & ~whole, both_events(before, witness["events"].fillna("")))
    heard = speaks & ~first & ~rises & ~falls & ~against & (witness["basis"] != "map")
    return out, against, heard


def _note(others: dict[str, list[dict[str, Any]]], witness: pd.DataFrame, rows: pd.Series) -> None:
    for area, row in witness[rows].iterrows():
        seen = "" if pd.isna(row["as_of"]) else pd.Timestamp(row["as_of"]).date().isoformat()
        told = {"low": _plain(row["low"]), "high": _plain(row["high"])}
        others.setdefault(str(area), []).append(told | {"basis": row["basis"], "as_of": seen, "source": row["source"]})


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def encoded(listed: Iterable[dict[str, Any]]) -> str:
    """Witnesses as JSON."""
    return json.dumps(list(listed), ensure_ascii=False, separators=(",", ":"))
