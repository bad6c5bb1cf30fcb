"""The list of plans, and one plan in one view: how good it is, money, who gains, what is built, what is left."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field

from api.pages.asked import Reverse, Spoken, Text
from api.pages.drawing import link
from api.pages.moments import moment
from api.pages.plan_words import state, wish_lines, worth
from api.pages.told import records
from api.pages.units import alphabetical, counts, part, searched
from api.plan_drawn import MAP, names
from api.planning import shipped
from api.plans_seen import SeenPlan
from geo.names import sort_key
from geo.words import Lang, say
from maps import style
from maps.money import money
from maps.plan_certificate import certificate
from maps.plan_entries import unsolved
from maps.plan_tables import item_table, total_table
from maps.plan_words import UNCONFIRMED, kind
from maps.tables import Table

PATH = "/ke-hoach"
LIST, COMMUNES, VISITS = 20, 12, 30
FILTERS = ("kind", "year", "district", "commune")
SORTED = {"people": "people", "cost": "likely", "share": "share"}
MOST_FIRST = tuple(SORTED)


class Plans(Spoken):
    """Which page of the list of plans."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class Plan(Spoken):
    """Filters, order and page of what a plan builds. `village`: what stands there or brings it something."""

    q: Text = ""
    kind: Text = ""
    year: Annotated[str, Field(pattern="^(20[0-9]{2})?$")] = ""
    district: Text = ""
    commune: Text = ""
    village: Text = ""
    sort: Literal["", "place", "people", "cost", "share"] = ""
    reverse: Reverse = ""
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def listed(found: list[SeenPlan | Mapping[str, Any]], asked: Plans) -> dict[str, Any]:
    """What the template `plans.html` needs, of what `plans_for` gives."""
    at = part(len(found), asked.page, LIST)
    here = found[at.first - 1 : at.last] if at.total else []
    return {
        "rows": [_row(one, asked.lang) for one in here], "part": at, "asked": asked,
        "here": lambda **new: link(PATH, asked.said(**new)),
        "choices": [choice(one, asked.lang) for one in found if not isinstance(one, SeenPlan)],
    }  # fmt: skip


def choice(about: Mapping[str, Any], lang: Lang) -> tuple[str, str]:
    """A plan to choose: id, and what tells it apart."""
    years = about["wish"]["years"]
    total = money(about["totals"]["build"], lang)
    return about["id"], f"{about['id'][:8]} · {total} · {years[0]}–{years[-1]} · {moment(about['made_at'], lang)}"


def _row(one: SeenPlan | Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    about = one.about if isinstance(one, SeenPlan) else one
    if isinstance(one, SeenPlan):
        rows = one.rows
        people, cost, own = rows["people"].sum(), float(rows["likely"].sum()), len(rows)
    else:
        people, cost, own = about["totals"]["people"], about["totals"]["build"], 0
    years = about["wish"]["years"]
    return {
        "id": about["id"], "short": about["id"][:8], "made_at": moment(about["made_at"], lang),
        "run": about["run"][:12],
        "as_of": style.day(about["as_of"], lang),
        "years": f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]),
        "state": state(about, lang), "code": about["certificate"]["status"], "people": people,
        "cost": money(cost, lang), "own": own, "watermark": about["watermark"],
        "kinds": ", ".join(kind(k, lang) for k in about["wish"]["kinds"]) or say("all kinds", lang),
    }  # fmt: skip


def fitting(seen: SeenPlan, asked: Plan) -> pd.DataFrame:
    """For each filter, which rows fit it."""
    rows = seen.rows
    columns = {"kind": rows["kind"], "year": rows["year"].astype("str"), "district": rows["district"],
               "commune": rows["commune"]}  # fmt: skip
    found = {name: values.eq(getattr(asked, name)) | (getattr(asked, name) == "") for name, values in columns.items()}
    there = seen.gaining.get(asked.village, frozenset())
    village = pd.Series(rows.index.isin(there) | (asked.village == ""), index=rows.index)
    return pd.DataFrame({**found, "village": village, "q": searched(rows["found"], asked.q)}, index=rows.index)


def chosen(seen: SeenPlan, asked: Plan) -> pd.DataFrame:
    """The rows that fit all filters, in the order asked for."""
    rows = seen.rows[fitting(seen, asked).all(axis=1)]
    if not asked.sort:
        return rows[::-1] if asked.reverse else rows
    key = alphabetical(rows["commune_name"]) if asked.sort == "place" else rows[SORTED[asked.sort]].astype(float)
    up = (asked.sort not in MOST_FIRST) != bool(asked.reverse)
    return rows.loc[key.sort_values(ascending=up, kind="stable", na_position="last").index]


def as_table(seen: SeenPlan, asked: Plan) -> Table:
    """Every row that fits, to take away."""
    whole = items(seen)
    frame = whole.frame.set_index("ma", drop=False).loc[chosen(seen, asked).index.astype("str")]
    return Table(frame.reset_index(drop=True), whole.fields)


@lru_cache(maxsize=16)
def items(seen: SeenPlan) -> Table:
    """The table of all items."""
    return item_table(seen.content, seen.lang)


def shown(seen: SeenPlan, operator: str | None, asked: Plan) -> dict[str, Any]:
    """What the template `plan.html` needs."""
    rows = chosen(seen, asked)
    at = part(len(rows), asked.page)
    here = rows.iloc[at.first - 1 : at.last] if at.total else rows
    path, lang = f"{PATH}/{seen.id}", asked.lang
    about, run = seen.about, seen.content.run
    return {
        "plan": _row(about, lang) | {"whole": seen.whole, "confirmed": seen.content.confirmed, "costs": _costs(seen)},
        "rows": [_item(row, str(entry), lang) for entry, row in zip(here.index, records(here), strict=True)],
        "shown_rows": here, "part": at, "asked": asked, "base": path, "up": asked.sort not in MOST_FIRST,
        "here": lambda **new: link(path, asked.said(**new)), **_filters(seen, asked),
        "village_name": seen.content.village_names.get(asked.village, asked.village),
        "said": certificate(seen.content, lang) if seen.whole else [],
        "broken": about["certificate"]["broken"], "note": say(UNCONFIRMED, lang), "sums": sums(seen),
        "by_commune": by_commune(seen)[:COMMUNES], "communes_gaining": len(by_commune(seen)),
        "visits": _visits(seen, lang), "left": left(seen) if seen.whole else [],
        "wish": wish_lines(about, seen.content.commune_names, lang) if seen.whole else [],
        "title": run.criteria_title_vi if lang == "vi" else run.criteria_title_en, "as_of": style.day(run.as_of, lang),
        "files": [(form, link(f"{path}/hang-muc.{form.lower()}", asked.said(page=1))) for form in ("CSV", "XLSX")],
        "taken": _taken(seen, operator), "map": f"/api/v1/plans/{seen.id}/files/{MAP}" if seen.whole else "",
    }  # fmt: skip


def _item(row: Mapping[str, Any], entry: str, lang: Lang) -> dict[str, Any]:
    share = row["share"]
    return {
        "id": entry, "told": row["told"], "year": row["year"], "kind": row["kind_words"], "code": row["kind"],
        "village": row["village"], "village_name": row["village_name"], "commune": row["commune"],
        "commune_name": row["commune_name"], "cost": worth(row["low"], row["high"], lang),
        "likely": money(row["likely"], lang) if row["high"] else "",
        "people": round(row["people"]), "sure": round(row["sure"]), "predicted": row["basis"] == "predicted",
        "share": None if pd.isna(share) else f"{style.number(100 * float(share), lang, 0)} %",
    }  # fmt: skip


def _costs(seen: SeenPlan) -> str:
    """The title of the unit costs; the name of a set that is not shipped as it was."""
    known = shipped(seen.about["costs"])
    return str(getattr(known.title, seen.lang)) if known else str(seen.about["costs"])


def _filters(seen: SeenPlan, asked: Plan) -> dict[str, Any]:
    """The choices of each filter with how many rows each would leave."""
    rows, fits = seen.rows, fitting(seen, asked)
    left_by = {name: rows[fits.drop(columns=name).all(axis=1)] for name in FILTERS}
    names_of = seen.content.commune_names
    communes = [(c, names_of.get(c, c), n) for c, n in counts(left_by["commune"]["commune"].fillna("")).items()]
    return {
        "kinds": [(k, kind(k, asked.lang), n) for k, n in counts(left_by["kind"]["kind"]).items()],
        "years": list(counts(left_by["year"]["year"].astype("str")).items()),
        "districts": list(counts(left_by["district"]["district"]).items()),
        "communes": sorted(communes, key=lambda one: sort_key(str(one[1]))),
    }  # fmt: skip


@lru_cache(maxsize=16)
def sums(seen: SeenPlan) -> list[dict[str, Any]]:
    """Sums of everything, then by year, kind and source: money in words, people sure and possible."""
    lang = seen.lang
    rows = total_table(seen.content, lang).frame.to_dict("records")
    groups = Counter(row["theo"] for row in rows)  # one group alone says what the first row says
    kept = [row for n, row in enumerate(rows) if not n or groups[row["theo"]] > 1]
    return [
        {"by": row["theo"], "group": row["nhom"], "items": row["so_hang_muc"],
         "cost": worth(row["thap"], row["cao"], lang),
         "likely": money(row["kha_nang"], lang), "yearly": worth(row["nam_thap"], row["nam_cao"], lang),
         "sure": round(row["nguoi_chac"]), "possible": round(row["nguoi_co_the"]), "villages": row["so_thon"]}
        for row in kept
    ]  # fmt: skip


@lru_cache(maxsize=16)
def by_commune(seen: SeenPlan) -> list[dict[str, Any]]:
    """Communes in which something is built, those with most people gained first."""
    rows = seen.rows[seen.rows["commune"].ne("")]
    found = rows.groupby("commune").agg(
        name=("commune_name", "first"), district=("district", "first"), items=("kind", "size"),
        likely=("likely", "sum"), people=("people", "sum"),
    )  # fmt: skip
    ordered = found.sort_values(["people", "likely"], ascending=False).reset_index()
    return [row | {"cost": money(row["likely"], seen.lang), "people": round(row["people"])} for row in records(ordered)]


@lru_cache(maxsize=16)
def left(seen: SeenPlan) -> list[dict[str, Any]]:
    """What stays unsolved: villages and people by kind and reason, most people first."""
    rows = unsolved(seen.content, seen.lang)
    if rows.empty:
        return []
    found = rows.groupby(["kind", "why"]).agg(places=("places", "sum"), people=("people", "sum")).reset_index()
    ordered = found.sort_values(["people", "places"], ascending=False)
    return [row | {"kind": kind(row["kind"], seen.lang), "people": round(row["people"])} for row in records(ordered)]


def _visits(seen: SeenPlan, lang: Lang) -> list[dict[str, Any]]:
    """The villages to verify next, by commune in the order of a short way."""
    visits = seen.content.plan.visits
    if not seen.whole or visits.empty:
        return []
    content = seen.content
    return [
        {"village": row["area"], "name": content.village_names.get(row["area"], row["area"]), "stop": row["stop"],
         "commune": content.commune_names.get(row["commune"], row["commune"]), "money": money(row["turns_vnd"], lang),
         "chance": f"{style.number(100 * row['chance'], lang, 0)} %"}
        for row in records(visits.head(VISITS))
    ]  # fmt: skip


def _taken(seen: SeenPlan, operator: str | None) -> list[tuple[str, str, str]]:
    """Files to take away: words, name, address; of a partner's pack the operator's name."""
    base = f"/api/v1/plans/{seen.id}/files/"
    more = "?lang=en" if seen.lang == "en" else ""
    return [
        (seen.content.operator(code) if code else "", name, base + name + more)
        for name, code in names(seen, operator).items() if name != MAP
    ]  # fmt: skip
