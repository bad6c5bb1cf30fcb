"""The gap map: where each criterion passes, fails or is unknown, why and who says so. Computes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.audience import criterion_layers, for_audience, layers_for, run_for
from geo.criteria import CriteriaSet, Criterion
from geo.crs import same
from geo.history import Past
from geo.layer import LAYERS
from geo.provenance import Run, Source
from geo.words import Lang
from maps import points as point_layers
from maps import style
from maps.fitting import extent, fitted, in_order
from maps.offline import OfflineMap, Payload, fixed_size, page_words
from maps.payload import column, packed, short, squeezed, text
from maps.payload import results as encoded


@dataclass(frozen=True, slots=True)
class Shown:
    """Who looks, in which language, which point layers they may switch on (placed frames by layer name).

    `operators` gives the display name of an operator's code; a code without one is shown itself. `past`: earlier runs
    on the same communes, for the time slider; of villages the map shows the newest run alone.
    """

    audience: str = "public"
    lang: Lang = "vi"
    points: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    past: Sequence[Past] = ()


def gap_map(
    villages: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, results: pd.DataFrame, run: Run, criteria: CriteriaSet,
    shown: Shown | None = None,
) -> OfflineMap:  # fmt: skip
    """A map of `results` for one audience; `to_offline_html` makes a file of it, at most `LIMIT_BYTES` long.

    Frames and columns as in docs/architecture.md, all in one metric CRS; rows that the audience may not see are left
    out here. Borders are simplified until the file is small enough and the tolerance is printed; values never are.
    Layers of more than `maps.points.MANY` points are maps of their own, in `second_files` by file name.
    """
    shown = shown or Shown()
    same(villages, communes)
    layers_of = criterion_layers(criteria.criteria)
    allowed = for_audience(results, run, layers_of, shown.audience)
    through_time = _through_time(allowed, shown, layers_of)
    visible = point_layers.visible(layers_for(shown.audience, shown.points, run))
    visible = {name: _named(frame, shown.operators) for name, frame in visible.items()}
    places = in_order(villages, communes)
    shapes = _with_centres(places, shown.points.get("village_centre"))
    near, far = point_layers.divided(visible)
    content = _frame_content(run_for(shown.audience, run), shown) | {
        "criteria": [_criterion(c) for c in criteria.criteria if c.id in set(allowed["criterion"])],
        "verified": criteria.verified,
        "operators": [[code, shown.operators[code]] for code in _codes(through_time) if code in shown.operators],
        "areas": _areas(places, communes, allowed),
        "times": _times(run, shown.past),
        "results": _results(places, communes, through_time),
        "points": [point_layers.encoded(name, near[name], place) for place, name in enumerate(near)]
        + [point_layers.elsewhere(name, frame) for name, frame in far.items()],
    }
    made = _drawn(content, shapes, places["commune"], communes, shown.lang)
    made.second_files = {
        point_layers.file_name(name): _points_map(communes, run_for(shown.audience, run), shown, {name: frame})
        for name, frame in far.items()
    }
    return made


def _through_time(now: pd.DataFrame, shown: Shown, layers_of: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """The results of now and of earlier runs, with their place in time where there are any.

    Of earlier runs only what now has too: a criterion, or an operator's rows, that are no longer shown stay hidden.
    """
    if not shown.past:
        return now
    ordered = sorted(shown.past, key=lambda past: past.run.as_of)
    seen = [for_audience(past.results, past.run, layers_of, shown.audience) for past in ordered]
    kept = [rows[rows["criterion"].isin(now["criterion"]) & rows["operator"].isin(now["operator"])] for rows in seen]
    kept = [rows[rows["level"].ne("village")] for rows in kept]
    every = [rows.assign(time=place) for place, rows in enumerate([*kept, now])]
    return pd.concat([rows for rows in reversed(every) if len(rows)], ignore_index=True)


def _times(run: Run, past: Sequence[Past]) -> list[list[Any]]:
    """Of every run on the slider its day, id, vintage and how many former communes it judged; none: no slider."""
    ordered = sorted(past, key=lambda one: one.run.as_of)
    every = [*ordered, Past(run, pd.DataFrame())] if ordered else []
    return [[style.iso_day(one.run.as_of), one.run.id[:12], one.run.vintage, one.former] for one in every]


def _points_map(
    communes: gpd.GeoDataFrame, run: Run, shown: Shown, layers: Mapping[str, gpd.GeoDataFrame]
) -> OfflineMap:
    """A map of communes' borders and point layers alone."""
    nothing = gpd.GeoSeries([], index=pd.Index([], dtype="str"), crs=communes.crs)
    nobody = pd.DataFrame({"commune": [], "name": [], "people": [], "households": []}, dtype="str")
    content = _frame_content(run, shown) | {
        "criteria": [],
        "times": [],
        "verified": True,
        "operators": [],
        "areas": _areas(nobody, communes, pd.DataFrame({"level": [], "area_id": []})),
        "results": {"said": {"columns": [], "words": {}, "tags": []}, "series": []},
        "points": [point_layers.encoded(name, frame) for name, frame in layers.items()],
    }
    return _drawn(content, nothing, pd.Series([], dtype="str"), communes, shown.lang)


def _drawn(
    content: dict[str, Any], shapes: gpd.GeoSeries, commune_of: pd.Series, communes: gpd.GeoDataFrame, lang: Lang
) -> OfflineMap:
    data = packed(content)
    drawn = fitted(shapes, commune_of, communes, fixed_size() + len(data))
    south, west, north, east = extent(communes, shapes)
    made = OfflineMap(lang, ((south + north) / 2, (west + east) / 2))
    made.add_child(Payload({"content": data, "shapes": drawn}, lang))
    return made


def _with_centres(villages: gpd.GeoDataFrame, centres: gpd.GeoDataFrame | None) -> gpd.GeoSeries:
    """Polygons of the villages; where one has none, its centre."""
    shapes = villages.geometry
    if centres is None or not shapes.isna().any():
        return shapes
    sure = centres["village"] if "village" in centres else centres["village_named"]
    known = gpd.GeoSeries(centres.geometry.to_numpy(), index=pd.Index(sure), crs=centres.crs)
    known = known[known.index.notna() & ~known.index.duplicated() & known.notna().to_numpy()]
    return shapes.where(shapes.notna(), gpd.GeoSeries(known.reindex(villages.index), crs=shapes.crs))


def _frame_content(run: Run, shown: Shown) -> dict[str, Any]:
    """Everything round the results: run, words, looks."""
    return {
        "lang": shown.lang,
        "audience": shown.audience,
        "words": page_words(),
        "style": style.page_style(),
        "watermark": style.both(run.watermark) if run.watermark else None,
        "run": {
            "id": run.id, "title": [run.criteria_title_vi, run.criteria_title_en], "vintage": run.vintage,
            "as_of": style.iso_day(run.as_of), "made_at": style.iso_day(run.made_at), "code": run.code_version,
            "notes": [style.both(note) for note in run.notes],
            "sources": [
                [_layer_title(s.layer), _credit(s), style.iso_day(s.as_of), s.file, s.sha256[:12]] for s in run.sources
            ],
        },
    }  # fmt: skip


def _credit(source: Source) -> str:
    """Who sent it and under which licence; both languages where they differ, as the page switches between them."""
    return " / ".join(dict.fromkeys((source.credit("vi"), source.credit("en"))))


def _layer_title(name: str) -> list[str]:
    return [LAYERS[name].vi, LAYERS[name].en] if name in LAYERS else [name, name]


def _named(layer: gpd.GeoDataFrame, operators: Mapping[str, str]) -> gpd.GeoDataFrame:
    """A point layer with operators by their display names."""
    if "operator" not in layer:
        return layer
    return layer.assign(operator=layer["operator"].map(lambda code: operators.get(code, code)))


def _codes(results: pd.DataFrame) -> list[str]:
    """Operator codes that rows name; only these operators are told to the audience."""
    return sorted(set(results["operator"].map(text)))


def _criterion(criterion: Criterion) -> dict[str, Any]:
    sure = criterion.confidence
    return {
        "id": criterion.id,
        "title": [criterion.title("vi"), criterion.title("en")],
        "group": style.both(style.GROUP.get(criterion.group, criterion.group)),
        "legal": criterion.legal,
        "confidence": [sure.item, sure.threshold],
        "judged": any(judgement.thresholds for judgement in criterion.levels.values()),
        "unchecked": not {sure.item, sure.threshold} <= {"A", "B"},
    }


def _areas(villages: pd.DataFrame, communes: gpd.GeoDataFrame, results: pd.DataFrame) -> dict[str, Any]:
    place = {code: n for n, code in enumerate(communes.index)}
    province = results.loc[results["level"] == "province", "area_id"].drop_duplicates()
    return {
        "village": {
            "id": [str(i) for i in villages.index],
            "name": column(villages["name"]),
            "commune": squeezed([place.get(c, -1) for c in villages["commune"]]),
            **_counts(villages),
        },
        "commune": {
            "id": [str(i) for i in communes.index],
            "name": column(communes["name"]),
            "district": column(communes["former_district"]),
            "shape": column(communes["shape"]),
            **_counts(communes),
        },
        "province": {"id": [text(i) for i in province]},
    }


def _counts(areas: pd.DataFrame) -> dict[str, Any]:
    return {name: squeezed([short(v) for v in areas[name].astype(float)]) for name in ("people", "households")}


def _results(villages: pd.DataFrame, communes: pd.DataFrame, results: pd.DataFrame) -> dict[str, Any]:
    province = pd.Index(results.loc[results["level"] == "province", "area_id"].drop_duplicates())
    areas = {"village": villages.index, "commune": communes.index, "province": province}
    nobody = pd.Series(float("nan"), index=province)
    people = {
        "village": villages["people"].astype(float),
        "commune": communes["people"].astype(float),
        "province": nobody,
    }
    return encoded(results, areas, people)
