"""Finding communes and villages by name, with or without diacritics, by former names too."""

from functools import lru_cache
from typing import Any

import pandas as pd

from api.pages.told import records
from api.pages.units import facts
from api.public import Public
from geo.boundaries import VINTAGES, units
from geo.crosswalk import crosswalk
from geo.names import fold, nfc

MOST = 60


def found(seen: Public, q: str) -> tuple[list[dict[str, Any]], int]:
    """The places that fit best, at most `MOST`, and how many fit. Every word must begin a word of what is known.

    Names that equal the search come first, then those that begin a word with it, written as it is before others.
    """
    asked = fold(q)
    rows = _known(seen)
    fits = pd.Series(bool(asked), index=rows.index)
    for word in asked.split():
        fits &= rows["text"].str.contains(f" {word}", regex=False)
    fitting = rows[fits]
    rank = pd.DataFrame({
        "same": fitting["bare"].ne(asked) & fitting["folded"].ne(asked),
        "starts": ~(" " + fitting["folded"]).str.contains(f" {asked}", regex=False),
        "spelt": ~fitting["name"].str.lower().str.contains(nfc(q).lower(), regex=False),
        "level": fitting["level"].eq("village"), "place": fitting["place"],
    })  # fmt: skip
    order = rank.sort_values(list(rank.columns)).index[:MOST]
    return records(fitting.loc[order]), len(fitting)


KINDS = r"^(?:xa|phuong|thi tran|thon|ban|khu pho|to dan pho|tieu khu|lang|xom|pho) "


@lru_cache(maxsize=8)
def _known(seen: Public) -> pd.DataFrame:
    """Every commune and village: what is shown of it, and its names folded."""
    parts = []
    for level, former in (("commune", _former_communes(seen)), ("village", _former_of(seen))):
        known = facts(seen, level)
        was = former.reindex(known.index).fillna("")
        folded = known["name"].fillna("").map(fold)
        above = known["commune_name"].fillna("") + " " if level == "village" else ""
        text = known["name"].fillna("") + " " + above + known["district"] + " " + was + " " + known.index.astype(str)
        parts.append(known.assign(
            level=level, id=known.index, former=was, folded=folded, bare=folded.str.replace(KINDS, "", regex=True),
            text=(" " + text).map(lambda said: f" {fold(said)} "),
        ))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _former_of(seen: Public) -> pd.Series:
    """The former commune that a village's register names."""
    named = seen.villages.get("former_commune")
    return pd.Series("", index=seen.villages.index) if named is None else named


def _former_communes(seen: Public) -> pd.Series:
    """Names of the communes before the last merger that a commune was made of; none for boundaries of our own."""
    to = seen.run.vintage
    before = max((name for name in VINTAGES if name < to), default="")
    if to not in VINTAGES or not before or not seen.communes.index.isin(units(to).index).all():
        return pd.Series(dtype="str")
    pairs = crosswalk(before, to)
    named = pairs.assign(name=pairs["from_id"].map(units(before)["name"]))
    return named.groupby("to_id")["name"].agg(", ".join)
