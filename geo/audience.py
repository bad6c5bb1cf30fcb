"""Who may see what of a run: the public, everybody inside, or one operator. What is not recognised is denied.

Sensitivity comes from the layers (`geo.layers`): C1 is public; of C2–C4 the public gets results, never geometry, and
distances only in classes.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

import geo.indicators
import geo.layers  # noqa: F401  both register all of theirs
from geo.errors import InputError
from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.needs import COMBINED
from geo.provenance import Run
from geo.reason import REASONS
from geo.threshold import number

CLASS_EDGES_M = (0.0, 1000.0, 3000.0, 5000.0)  # <1, 1-3, 3-5, >5 km
SAFE_IN_REASON = frozenset(
    {"layer", "n", "of", "year", "why", "indicator", "who", "metres", "vintage", "names", "what"}
)
WITHHELD = -1  # a number of rows that this audience is not told
Frame = TypeVar("Frame")


class Measured(Protocol):
    """A criterion, as far as it matters here."""

    @property
    def id(self) -> str:
        """Its id in results."""

    @property
    def indicator(self) -> str:
        """Name of its indicator."""


def criterion_layers(criteria: Iterable[Measured]) -> dict[str, tuple[str, ...]]:
    """Criterion id → layers that its indicator is measured from; none for one that is only declared."""
    return {c.id: INDICATORS[c.indicator].layers for c in criteria if c.indicator in INDICATORS}


def for_audience(
    results: pd.DataFrame, run: Run, layers_of: Mapping[str, tuple[str, ...]], audience: str = "public"
) -> pd.DataFrame:
    """The results that `audience` may see: `public`, `internal` or `operator:CODE`; statuses are never changed.

    Rows of single operators only where the operator is published (or is the audience); distances to anything not open
    widened to their class (<1, 1–3, 3–5, >5 km), an operator's own excepted. Witnesses and sources of operators' data
    and documents behind declarations are left out, and so are criteria that `layers_of` does not know. Raise
    `InputError` for another audience.
    """
    own = _own(audience, run)
    if audience == "internal":
        return results
    seen = [*COMBINED, *run.published_operators, *([own] if own else [])]
    known = results["criterion"].map(lambda c: c in layers_of and all(name in LAYERS for name in layers_of[c]))
    kept = results[known.astype(bool) & results["operator"].isin(seen)]
    mine = kept["operator"].eq(own) if own else pd.Series(False, index=kept.index)
    closed = _any_layer(kept, layers_of, lambda name: LAYERS[name].sensitivity != "C1") & ~mine
    guarded = _any_layer(kept, layers_of, lambda name: LAYERS[name].sensitivity in ("C3", "C4")) & ~mine
    filed = _any_layer(kept, layers_of, lambda name: "operator" in LAYERS[name].per) & ~mine
    shown = _in_classes(kept, guarded & kept["unit"].eq("m"))
    told = shown["others"].fillna("").str.contains('"basis":"declared"', regex=False)
    source = shown["source"].mask(filed & ~kept["operator"].isin(run.published_operators), "")
    declared = kept["basis"].eq("declared")
    return shown.assign(
        others=shown["others"].mask(closed | told, ""),
        source=source.mask(declared, source.str.replace(r" \([^;]*\)", "", regex=True)),  # who, not which document
        reason=_safe_reasons(shown["reason"]),
    )


def layers_for(audience: str, layers: Mapping[str, Frame], run: Run) -> dict[str, Frame]:
    """The layers that `audience` may see, rows of closed ones reduced to its own or to published operators' coverage.

    Public: open (C1) layers and the C2 ones whose rows belong to a published operator. An operator sees in addition
    its own rows of C2 and C3 layers. Nobody but `internal` gets C4.
    """
    own = _own(audience, run)
    if audience == "internal":
        return dict(layers)
    kept: dict[str, Frame] = {}
    for name, frame in layers.items():
        sensitivity = LAYERS[name].sensitivity if name in LAYERS else "C4"
        if sensitivity == "C1":
            kept[name] = frame
            continue
        seen = {own} - {""} if sensitivity in ("C2", "C3") else set()
        seen |= set(run.published_operators) if sensitivity == "C2" else set()
        if seen and isinstance(frame, pd.DataFrame) and "operator" in frame:
            kept[name] = frame[frame["operator"].isin(list(seen))]
    return kept


def run_for(audience: str, run: Run) -> Run:
    """The run as `audience` may read of it: of closed datasets neither the file's name nor its number of rows."""
    own = _own(audience, run)
    if audience == "internal":
        return run
    sources = tuple(
        source
        if source.published
        or (source.layer in LAYERS and LAYERS[source.layer].sensitivity == "C1")
        or (own and source.provider == own)
        else replace(source, rows=WITHHELD, file="", file_sha256="")
        for source in run.sources
    )
    return replace(run, sources=sources)


def _own(audience: str, run: Run) -> str:
    if audience in ("public", "internal"):
        return ""
    role, _, code = audience.partition(":")
    if role != "operator" or code not in run.operators or code in COMBINED:
        raise InputError(f"unknown audience {audience!r}; expected public, internal or operator:CODE")
    return code


def _any_layer(
    rows: pd.DataFrame, layers_of: Mapping[str, tuple[str, ...]], fits: Callable[[str], bool]
) -> "pd.Series[bool]":
    fitting = {c for c, names in layers_of.items() if any(name in LAYERS and fits(name) for name in names)}
    return rows["criterion"].isin(list(fitting))


def _in_classes(rows: pd.DataFrame, which: "pd.Series[bool]") -> pd.DataFrame:
    """`low`/`high` and what follows from them replaced by the bounds of their distance class in `which` rows."""
    edges = np.array([*CLASS_EDGES_M, np.inf])
    low = _edge(edges, rows["low"], 0)
    high = _edge(edges, rows["high"], 1)
    limit = rows["threshold"].map({text: _most(text) for text in rows["threshold"].unique()}).astype("float64")
    judged = rows["status"].isin(["fail", "unknown"])
    gap_low = (low - limit).clip(lower=0).fillna(0.0)
    gap_high = (high - limit).clip(lower=0).fillna(np.inf)
    widened = {
        "low": low, "high": high, "num_low": _times(low, rows["den_low"]), "num_high": _times(high, rows["den_high"]),
        "gap_low": gap_low.where(judged & rows["gap_low"].notna(), rows["gap_low"] * 0),
        "gap_high": gap_high.where(judged & rows["gap_high"].notna(), rows["gap_high"] * 0),
    }  # fmt: skip
    return rows.assign(**{name: rows[name].where(~which, value) for name, value in widened.items()})


def _most(threshold: str) -> float:
    """The limit of "≤ 2000", NaN for anything else."""
    try:
        return float(number(threshold.removeprefix("≤")))
    except ValueError:
        return math.nan


def _edge(edges: np.ndarray, distance: pd.Series, shift: int) -> pd.Series:
    at = np.searchsorted(edges[:-1], distance.to_numpy(float), side="right") - 1
    bound = edges[np.clip(at + shift, 0, len(edges) - 1)]
    return pd.Series(np.where(distance.isna(), math.nan, bound), index=distance.index)


def _times(value: pd.Series, weight: pd.Series) -> pd.Series:
    return (value * weight).where(weight.ne(0), 0.0)


def _safe_reasons(reasons: pd.Series) -> pd.Series:
    safe = {text: _safe(text) for text in reasons.dropna().unique()}
    return reasons.map(safe).fillna("").astype("str")


def _safe(text: str) -> str:
    kept = [
        [name, values]
        for name, values in (json.loads(text) if text else [])
        if name in REASONS and set(values) <= SAFE_IN_REASON and ("who" not in values or name == "not_filed")
    ]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else ""
