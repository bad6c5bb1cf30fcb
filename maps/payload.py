"""Results as compact columns for a page: everything said once, numbers as short as the screen needs them.

Only what was computed is encoded; nothing is added up or judged here.
"""

import base64
import gzip
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo import reason
from maps import style

LEVELS = ("village", "commune", "province")
SAID = ["status", "threshold", "unit", "reason", "basis", "source", "as_of", "others", "conflict", "people_source"]
SERIES = ["level", "criterion", "operator", "technology"]
SAME = "="  # the high end equals the low end; people: everybody of the area
SHARE = "~"  # people: those of the area for whom the share does not hold, people x (1 - the other end)
INFINITE = "inf"
LETTERS = "".join(chr(code) for code in range(35, 127) if code != 92)  # one per row where few values occur


def packed(content: object) -> str:
    """base64(gzip(JSON)); equal content gives equal text."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def short(value: float | None, unit: str = "", limit: float | None = None) -> float | str | None:
    """A number as exact as it is shown (`style.rounded`); infinity in words, missing as null."""
    if value is None or math.isnan(value):
        return None
    if math.isinf(value):
        return INFINITE if value > 0 else f"-{INFINITE}"
    known = limit is not None and not math.isnan(limit)
    found = value if value == round(value) else style.rounded(value, unit, limit if known else None)
    return int(found) if found == round(found) else found


def text(value: object) -> str:
    """Text of a cell, "" for a missing one."""
    return "" if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else str(value)


def column(values: Iterable[object]) -> dict[str, Any]:
    """A text column as its distinct values and, per row, which."""
    codes, distinct = pd.factorize(pd.Series([text(v) for v in values], dtype="str"))
    return {"of": distinct.tolist(), "index": squeezed(codes.tolist())}


def squeezed(values: list[Any]) -> object:
    """A column as short as it gets: one repeated value alone, few values as letters, else the list."""
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return distinct[0]
    if 1 < len(distinct) <= len(LETTERS):
        letter = dict(zip(distinct, LETTERS, strict=False))
        return {"of": distinct, "at": "".join(letter[v] for v in values)}
    return values


def table(columns: dict[str, list[Any]]) -> dict[str, Any]:
    """Columns; those that together take few values as one: `few` names them, `rows` holds their distinct rows."""
    few: list[str] = []
    for name in sorted(columns, key=lambda n: len(set(columns[n]))):
        rows = zip(*(columns[n] for n in [*few, name]), strict=True)
        if len(set(rows)) <= len(LETTERS):
            few.append(name)
    rest = {name: squeezed(values) for name, values in columns.items() if name not in few}
    return {"few": few, "rows": squeezed(list(zip(*(columns[n] for n in few), strict=True))) if few else [], **rest}


def results(frame: pd.DataFrame, areas: dict[str, pd.Index], people: dict[str, pd.Series]) -> dict[str, Any]:
    """The rows of `frame` as series, one per level, criterion, operator and technology, in the order of `areas`.

    `people` per level has the index of `areas`; people counts that equal it are written as `SAME`. Where `frame` has a
    column `time` (a number, the greatest is now), there is a series per time, and of an earlier one only the rows
    `changed` since the series at place `base`.
    """
    said, tags = _said(frame)
    written = {t: style.limit(text(t)) for t in frame["threshold"].unique()}
    limits = frame["threshold"].map(written)
    rows = frame.assign(tag=tags, limit=limits)
    series: list[dict[str, Any]] = []
    for key, group in rows.groupby(SERIES, sort=False, dropna=False):
        level, criterion, operator, technology = (text(k) for k in key)
        if level not in areas:
            continue
        head = {
            "level": LEVELS.index(level), "criterion": criterion, "operator": operator, "technology": technology,
        }  # fmt: skip
        if "time" not in group:
            series.append(head | {"breaks": _breaks(group), **table(_columns(group, areas[level], people[level]))})
            continue
        times = sorted(group["time"].unique(), reverse=True)
        head["breaks"] = _breaks(group[group["time"] == times[0]])  # one colour means one value at all times
        columns = [_columns(group[group["time"] == time], areas[level], people[level]) for time in times]
        series += _through_time([head | {"time": int(time)} for time in times], columns, len(series))
    return {"said": said, "series": series}


def _columns(group: pd.DataFrame, index: pd.Index, people: pd.Series) -> dict[str, list[Any]]:
    ordered = group.drop_duplicates("area_id").set_index("area_id").reindex(index)
    return {"tag": [-1 if math.isnan(t) else int(t) for t in ordered["tag"]], **_numbers(ordered, people)}


def _through_time(
    heads: list[dict[str, Any]], columns: list[dict[str, list[Any]]], first: int
) -> Iterable[dict[str, Any]]:
    """Series newest first; one that mostly repeats the one before as its changed rows. `first`: place of the first."""
    yield heads[0] | table(columns[0])
    for place, (head, newer, own) in enumerate(zip(heads[1:], columns, columns[1:], strict=False), start=first):
        rows = range(len(own["tag"]))
        changed = [n for n in rows if any(own[name][n] != newer.get(name, own[name])[n] for name in own)]
        if own.keys() != newer.keys() or 2 * len(changed) > len(rows):
            yield head | table(own)
            continue
        few = {name: [values[n] for n in changed] for name, values in own.items()}
        yield head | {"base": place, "changed": changed} | table(few)


def _said(frame: pd.DataFrame) -> tuple[dict[str, Any], np.ndarray]:
    """What rows say in words: distinct values per column, distinct combinations of them, and the one of each row."""
    cells = {name: _texts(frame[name], style.iso_day if name == "as_of" else text) for name in SAID}
    cells["threshold"] = cells["threshold"] + "\0" + cells["unit"]  # how a threshold reads depends on the unit
    found = [pd.factorize(cells[name]) for name in SAID]
    combined, tags = np.unique(np.column_stack([codes for codes, _ in found]), axis=0, return_inverse=True)
    words = {name: [WORDS[name](v) for v in distinct] for name, (_, distinct) in zip(SAID, found, strict=True)}
    return {"columns": SAID, "words": words, "tags": combined.tolist()}, tags.ravel()


def _texts(values: pd.Series, written: Callable[[object], str]) -> pd.Series:
    """Every value as text, each distinct one written once."""
    codes, distinct = pd.factorize(values, use_na_sentinel=False)
    return pd.Series(np.array([written(v) for v in distinct], dtype=object)[codes], index=values.index)


def _threshold(cell: str) -> list[Any]:
    written, unit = cell.split("\0")
    return [style.threshold(written, unit, "vi"), style.threshold(written, unit, "en"), style.limit(written)]


def _unit(name: str) -> list[str]:
    how = style.unit(name)
    return [how.kind, how.suffix_vi, how.suffix_en]


def _reason(cell: str) -> list[str]:
    return [reason.words(cell, "vi"), reason.words(cell, "en")]


def _others(cell: str) -> list[Any]:
    """The losing witnesses as [low, high, basis, date, source]."""
    listed = json.loads(cell) if cell else []
    return [
        [
            short(w.get("low")),
            short(w.get("high")),
            _basis(text(w.get("basis"))),
            text(w.get("as_of")),
            text(w.get("source")),
        ]
        for w in listed
    ]


def _basis(name: str) -> list[str]:
    return [style.basis(name, "vi"), style.basis(name, "en")]


def _people_source(cell: str) -> list[str]:
    return [style.people_source(cell, "vi"), style.people_source(cell, "en")]


def _same(cell: str) -> str:
    return cell


def _conflict(cell: str) -> bool:
    return cell == "True"


WORDS: dict[str, Callable[[str], Any]] = {
    "status": _same, "threshold": _threshold, "unit": _unit, "reason": _reason, "basis": _basis, "source": _same,
    "as_of": _same, "others": _others, "conflict": _conflict, "people_source": _people_source,
}  # fmt: skip


def _breaks(rows: pd.DataFrame) -> list[float]:
    judged = ~rows["status"].isin(["shown", "not_applicable"])
    if judged.any():
        return []
    return style.breaks(pd.concat([rows["low"], rows["high"]]).dropna(), text(rows["unit"].iloc[0]))


def _numbers(rows: pd.DataFrame, people: pd.Series) -> dict[str, list[Any]]:
    """The value, as fractions where those say more, and the people concerned; high ends refer to low ends."""
    whole = _fractions(rows)
    if whole:
        found = {name: [short(v) for v in rows[name]] for name in ("num_low", "num_high", "den_low", "den_high")}
    else:
        told = list(zip(rows["unit"].map(text), rows["limit"], strict=True))
        found = {end: [short(v, u, t) for v, (u, t) in zip(rows[end], told, strict=True)] for end in ("low", "high")}
    names = list(found)
    for low, high in zip(names[::2], names[1::2], strict=True):
        found[high] = _against(found[high], found[low])
    ends = {"people_low": rows["high"], "people_high": rows["low"]}
    return found | {name: _concerned(rows[name], people, end if whole else None) for name, end in ends.items()}


def _fractions(rows: pd.DataFrame) -> bool:
    """Whether low and high are shares of several counted things, and exactly their fractions."""
    top, bottom, value = (
        rows[[f"{part}low", f"{part}high"]].to_numpy(dtype=np.float64) for part in ("num_", "den_", "")
    )
    parts = np.stack([top, bottom])
    if not (np.isnan(parts) | (parts == np.round(parts))).all():
        return False
    with np.errstate(invalid="ignore"):  # of any number of members any number
        share = np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)
    return bool((bottom > 1).any() and np.array_equal(share, value, equal_nan=True))


def _concerned(count: pd.Series, people: pd.Series, share: pd.Series | None) -> list[Any]:
    """People concerned, as `SAME` where it is everybody and `SHARE` where it follows from the share."""
    found = _against([_whole(v) for v in count], [short(v) for v in people])
    if share is None:
        return found
    known = share.where(np.isfinite(share)).to_numpy()  # the better end of a speed has no limit
    follows = np.floor(people.to_numpy() * (1 - known) + 0.5)
    return [SHARE if isinstance(v, int) and v == f else v for v, f in zip(found, follows, strict=True)]


def _whole(value: float) -> int | None:
    return None if math.isnan(value) or math.isinf(value) else math.floor(value + 0.5)


def _against(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """`values`, those that equal their counterpart (and are not 0 or missing) written as `SAME`."""
    return [SAME if v == o and v not in (0, None) else v for v, o in zip(values, others, strict=True)]
