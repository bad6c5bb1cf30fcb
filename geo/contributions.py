"""What is left of a measured value where an operator, or one of its technologies, surely contributes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from geo.completeness import EVERYWHERE, Level
from geo.criteria import Criterion
from geo.data import Data, Layered
from geo.layer import LAYERS
from geo.measured import Measured, measured
from geo.worlds import Asked, Worlds

Gone = frozenset[tuple[str, str]]  # (operator, technology); technology "": all that the operator has there
LONG_AFTER = pd.Timestamp(2200, 1, 1)  # a decision that nothing is there does not grow old with the map


@dataclass(frozen=True, slots=True)
class Measuring:
    """All that a measurement of one criterion at one level depends on."""

    data: Data
    worlds: Worlds
    criterion: Criterion
    level: Level
    asked: Asked

    def by(self, operators: tuple[str, ...]) -> Measured:
        """What these operators make together."""
        asked = replace(self.asked, operators=operators)
        return measured(self.data, self.worlds, self.criterion, self.level, asked)

    def without(self, frame: Measured, gone: Mapping[str, Gone], operators: tuple[str, ...]) -> Measured:
        """`frame`, made by `operators`, measured again in the areas where some contribution is `gone`.

        An area that would be left without any operator keeps its row.
        """
        out = frame
        for what in sorted(set(gone.values()), key=sorted):
            areas = [area for area, missing in gone.items() if missing == what]
            left = tuple(code for code in operators if (code, "") not in what)
            if left:
                again = self._stripped([one for one in what if one[1]]).by(left)
                rows = pd.Series(out.index.isin(areas), index=out.index)
                out = out.assign(**{name: out[name].mask(rows, again[name]) for name in again.columns})
        return out

    def _stripped(self, gone: list[tuple[str, str]]) -> "Measuring":
        """The same without rows of these operators and technologies, and with the statement that there are none."""
        if not gone:
            return self
        known = self.criterion.known
        names = [n for n in known.layers if n in known.raised_by and {"operator", "technology"} <= set(LAYERS[n].per)]
        layers: dict[str, Layered] = dict(self.data.layers)
        for name in names:
            rows = layers.get(name)
            if isinstance(rows, pd.DataFrame):
                layers[name] = _less(rows, gone)
        data = replace(self.data, layers=layers, completeness=_none_there(self.data.completeness, names, gone))
        frames = {name: rows for name, rows in layers.items() if isinstance(rows, pd.DataFrame)}
        return replace(self, data=data, worlds=Worlds(frames, self.worlds.specs))


def _less(rows: pd.DataFrame, gone: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Rows without these technologies of these operators; one of several technologies keeps the others."""
    for operator, technology in gone:
        own = rows["operator"].eq(operator).fillna(False).astype(bool) & rows["technology"].notna()
        left = rows.loc[own, "technology"].astype(str).str.split(",")
        text = left.map(lambda listed, lost=technology: ",".join(t for t in listed if t != lost))
        kept = rows["technology"].astype(object).mask(own, text.reindex(rows.index))
        rows = rows.assign(technology=kept)[~(own & (kept == ""))]
    return rows


def _none_there(stated: pd.DataFrame, names: Iterable[str], gone: Iterable[tuple[str, str]]) -> pd.DataFrame:
    added = [
        {"layer": name, "operator": operator, "technology": technology, "area": EVERYWHERE, "complete": True,
         "as_of": LONG_AFTER, "who": ""}
        for name in names for operator, technology in gone
    ]  # fmt: skip
    about = ["layer", "operator", "technology"]
    said = {tuple(row[name] for name in about) for row in added}
    other = ~pd.Series(
        [key in said for key in stated[about].itertuples(index=False, name=None)], stated.index, dtype=bool
    )
    extra = pd.DataFrame(added).astype({"as_of": "datetime64[us]"})
    kept = stated[other]
    return pd.concat([kept, extra], ignore_index=True) if len(kept) else extra
