"""Two plans side by side: what each builds, who gains and loses and why; as tables, files and two maps in one page."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import xlsxwriter

from geo.words import Lang, say
from geo.write import atomic, write_csv
from maps import style
from maps.fitting import in_order
from maps.offline import OfflineMap
from maps.plan_certificate import certificate
from maps.plan_entries import PlanContent, gained_villages, unsolved
from maps.plan_files import titled
from maps.plan_map import LEFT, all_kinds, drawn, framed, items, kind_look, left
from maps.plan_tables import PLACE, total_table
from maps.plan_words import kind, sentences
from maps.sheet import Pens, add_lines, add_table
from maps.tables import Field, Table, columns_of_run
from maps.workbook import OPTIONS, sources

NAME = "so-sanh-ke-hoach"
SIDE = {
    "a": "side: only in A",
    "b": "side: only in B",
    "year": "side: in both, other year",
    "same": "side: in both, same year",
}
WHO = {"a": "loses: gains in A only", "b": "wins: gains in B only", "sooner": "gains sooner in B",
       "later": "gains later in B", "same": "same in both"}  # fmt: skip
VILLAGES: dict[str, tuple[str, tuple[str, str, style.Pattern]]] = {
    "a": ("village: gains in A only", ("#f2c9a5", "#b8500a", "hatch")),
    "b": ("village: gains in B only", ("#b9d3ee", "#1d5fa8", "dots")),
    "both": ("village: gains in both", ("#dde3e8", "", "solid")),
    "left": LEFT,
}
KIND = Field("loai", "Loại", "Kind")
ITEM = (
    Field("thay_doi", "So sánh", "Side by side", widest=22), KIND, *PLACE, Field("nam_a", "A: năm", "A: year", "year"),
    Field("nam_b", "B: năm", "B: year", "year"),
    Field("tien_a", "A: khả năng cao nhất (đồng)", "A: likely (đồng)", "money"),
    Field("tien_b", "B: khả năng cao nhất (đồng)", "B: likely (đồng)", "money"),
    Field("nguoi_a", "A: số người", "A: people", "integer"), Field("nguoi_b", "B: số người", "B: people", "integer"),
    Field("hang_muc_a", "A: hạng mục", "A: item", widest=60), Field("hang_muc_b", "B: hạng mục", "B: item", widest=60),
    Field("ma", "Mã hạng mục", "Item code"),
)  # fmt: skip
WINNING = (
    Field("thay_doi", "Từ A sang B", "From A to B", widest=24), *PLACE, KIND,
    Field("nam_a", "A: năm", "A: year", "year"), Field("nam_b", "B: năm", "B: year", "year"),
    Field("so_khau", "Số khẩu", "People", "integer"), Field("vi_sao", "Vì sao", "Why", widest=80),
)  # fmt: skip
TOTAL = (
    Field("muc", "Mục", "What", widest=44), Field("a", "A", "A", "money"), Field("b", "B", "B", "money"),
    Field("hon_kem", "B so với A", "B against A", "money"),
)  # fmt: skip


@dataclass(frozen=True)
class TwoPlans:
    """Two plans over the same villages and communes; those of `a` are drawn."""

    a: PlanContent
    b: PlanContent


def item_changes(both: TwoPlans, lang: Lang = "vi") -> Table:
    """One row per item or route of either plan: only in A, only in B, in both in another year, in both."""
    sides = _sides(both)
    values: dict[str, Any] = {"thay_doi": [_label(SIDE[s], lang) for s in sides], "ma": sides.index.astype("str")}
    told: dict[str, pd.DataFrame] = {}
    for name, one in (("a", both.a), ("b", both.b)):
        rows = pd.DataFrame(one.entries.drop(columns="geometry")).assign(told=sentences(one, lang)).reindex(sides.index)
        told[name] = rows
        values |= {f"nam_{name}": rows["year"], f"tien_{name}": rows["likely"], f"nguoi_{name}": rows["people"].round(),
                   f"hang_muc_{name}": rows["told"]}  # fmt: skip
    known = told["a"].where(told["a"]["kind"].notna(), told["b"])
    values |= {"loai": [kind(k, lang) for k in known["kind"]], **_places(both, known["village"], known["commune"])}
    return _table(ITEM, values)


def _sides(both: TwoPlans) -> pd.Series:
    """Item → only in a, b, in both in another year or the same; in that order."""
    years = pd.concat([both.a.entries["year"].rename("a"), both.b.entries["year"].rename("b")], axis=1)
    found = pd.Series("same", index=years.index, dtype="str").mask(years["a"].ne(years["b"]), "year")
    found = found.mask(years["a"].isna(), "b").mask(years["b"].isna(), "a")
    return found.sort_values(key=lambda s: s.map(list(SIDE).index), kind="stable")


def village_changes(both: TwoPlans, lang: Lang = "vi") -> Table:
    """One row per village and kind by which it gains in either plan: who wins, who loses, who waits longer, and why."""
    what = _changed(both)
    a, b = (gains.reindex(what.index) for gains in _gains(both))
    village = what.index.get_level_values("village").to_series(index=what.index)
    return _table(WINNING, {
        "thay_doi": [_label(WHO[w], lang) for w in what],
        **_places(both, village, village.map(both.a.villages["commune"])),
        "loai": [kind(k, lang) for k in what.index.get_level_values("kind")], "nam_a": a["year"], "nam_b": b["year"],
        "so_khau": village.map(both.a.villages["people"]), "vi_sao": list(_why(both, what, (a, b), lang)),
    })  # fmt: skip


def _gains(both: TwoPlans) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who gains in A and in B, by village and kind."""
    keys = ["village", "kind"]
    a, b = (gained_villages(one).drop_duplicates(keys).set_index(keys) for one in (both.a, both.b))
    return a, b


def _changed(both: TwoPlans) -> pd.Series:
    """By village and kind what changes from A to B (`WHO`), losers first."""
    a, b = _gains(both)
    index = a.index.union(b.index)
    first, then = a["year"].reindex(index), b["year"].reindex(index)
    what = pd.Series("same", index=index, dtype="str").mask(then.lt(first), "sooner").mask(then.gt(first), "later")
    what = what.mask(first.isna(), "b").mask(then.isna(), "a")
    return what.sort_values(key=lambda s: s.map(list(WHO).index), kind="stable")


def _why(both: TwoPlans, what: pd.Series, found: tuple[pd.DataFrame, pd.DataFrame], lang: Lang) -> Iterator[str]:
    """What builds it where, and why the other plan does not."""
    told = [dict(zip(one.entries.index.astype("str"), sentences(one, lang), strict=True)) for one in (both.a, both.b)]
    missing = [unsolved(one, lang).set_index(["kind", "village"])["why"].to_dict() for one in (both.a, both.b)]
    for (village, name), code in zip(what.index.to_list(), what, strict=True):
        said = [told[n].get(rows.at[(village, name), "entry"], "") for n, rows in enumerate(found)]
        if code == "same":
            yield said[0]
            continue
        parts = [
            f"{side}: {said[n] or missing[n].get((name, village)) or say('not built', lang)}"
            for n, side in enumerate("AB")
        ]
        yield " ".join(parts)


BUILD = ("thap", "kha_nang", "cao")  # whose titles say only how much


def totals(both: TwoPlans, lang: Lang = "vi") -> Table:
    """Items, money, people and villages of both, and by how much B has more."""
    a, b = (total_table(one, lang) for one in (both.a, both.b))
    fields = [f for f in a.fields if f.kind in ("integer", "money")]
    ours, theirs = ([float(v) for v in t.frame[[f.name for f in fields]].iloc[0].to_numpy()] for t in (a, b))
    build = say("To build", lang)
    titles = [f"{build}: {f.title(lang).lower()}" if f.name in BUILD else f.title(lang) for f in fields]
    return _table(TOTAL, {
        "muc": titles, "a": ours, "b": theirs,
        "hon_kem": [y - x for x, y in zip(ours, theirs, strict=True)],
    })  # fmt: skip


def write_plan_comparison(folder: Path, both: TwoPlans, lang: Lang = "vi") -> list[Path]:
    """`so-sanh-ke-hoach.xlsx` with totals, who gains and loses, items, both certificates; the villages as CSV too."""
    book_path, csv = folder / f"{NAME}.xlsx", folder / f"{NAME}.csv"
    named = {
        f"{k}_{side}": v for side, one in (("a", both.a), ("b", both.b)) for k, v in columns_of_run(one.run).items()
    }
    who = village_changes(both, lang)
    write_csv(who.plain(lang), csv, provenance=named)
    lines = tuple(f"{side}: {one.title}" for side, one in (("A", both.a), ("B", both.b)))
    with atomic(book_path) as temporary, xlsxwriter.Workbook(str(temporary), OPTIONS) as book:
        pens = Pens(book)
        book.set_properties({"created": both.a.run.made_at.replace(tzinfo=None)})
        for name, frozen, table in (("Summary", 1, totals(both, lang)), ("Who gains and loses", 2, who),
                                    ("Items", 2, item_changes(both, lang))):  # fmt: skip
            add_table(book, pens, titled(both.a, ("Two investment plans compared", name), lang, frozen, lines), table)
        page = titled(both.a, ("Two investment plans compared", "How good the plan is"), lang, 0, lines)
        add_lines(book, pens, page, _both_certificates(both, lang))
        add_lines(
            book, pens, titled(both.a, ("Two investment plans compared", "Sources"), lang, 0), sources(both.a.run, lang)
        )
    return [book_path, csv]


def _both_certificates(both: TwoPlans, lang: Lang) -> Iterator[tuple[str, str, str]]:
    for side, one in (("A", both.a), ("B", both.b)):
        for n, line in enumerate(certificate(one, lang)):
            yield f"{side}: {one.title}" if not n else "", line, ""


def comparison_map(both: TwoPlans, lang: Lang = "vi") -> OfflineMap:
    """Two maps moved together, A and B, items coloured by which plan has them; a table says who gains and why."""
    places = in_order(both.a.villages, both.a.communes)
    kinds = all_kinds([both.a, both.b])
    of_a, of_b = ({i["id"]: i for i in items(one, places, kinds)} for one in (both.a, both.b))
    lost = [{(v, k): row for v, c, k, *row in left(one, places, kinds)} for one in (both.a, both.b)]
    data = framed(both.a, places, lang) | {
        "title": [f"A: {both.a.title} · B: {both.b.title}"] * 2,
        "certificate": [[f"{s}: {line}" for s, one in (("A", both.a), ("B", both.b)) for line in certificate(one, at)]
                        for at in ("vi", "en")],
        "kinds": [kind_look(name) for name in kinds],
        "villages": {name: [style.both(text), look] for name, (text, look) in VILLAGES.items()},
        "panes": [f"A: {both.a.title}", f"B: {both.b.title}"],
        "changes": _changes(both, places, kinds),
        "sides": [[side, style.both(text), style.SIDE[side]] for side, text in SIDE.items()],
        "items": [_joined(of_a.get(i), of_b.get(i), side) for i, side in _sides(both).items()],
        "left": [one for one in left(both.a, places, kinds) if (one[0], one[2]) in lost[1]],
    }  # fmt: skip
    return drawn(data, places, both.a, lang)


def _changes(both: TwoPlans, places: gpd.GeoDataFrame, kinds: list[str]) -> list[list[Any]]:
    """Village by position, kind, what changes and why in both languages, years in A and B, people."""
    at = {code: n for n, code in enumerate(places.index)}
    vi, en = (village_changes(both, one).frame for one in ("vi", "en"))
    named = {kind(k, "vi"): n for n, k in enumerate(kinds)}
    years = [[None if pd.isna(y) else int(y) for y in vi[name]] for name in ("nam_a", "nam_b")]
    people = [None if pd.isna(n) else round(float(n)) for n in vi["so_khau"]]
    rows = zip(_changed(both).index.get_level_values("village"), vi["loai"], vi["thay_doi"], en["thay_doi"],
               vi["vi_sao"], en["vi_sao"], *years, people, strict=True)  # fmt: skip
    return [[at.get(v, -1), named[k], [w, x], [y, z], a, b, n] for v, k, w, x, y, z, a, b, n in rows]


def _joined(a: dict[str, Any] | None, b: dict[str, Any] | None, side: str) -> dict[str, Any]:
    """The item of A (of B where only B has it), with what B says of it."""
    if a is None or b is None:
        alone: dict[str, Any] = (a or b or {}) | {"side": side}
        return alone
    says = (
        a["says"] if a["says"] == b["says"] else [f"A: {x}\nB: {y}" for x, y in zip(a["says"], b["says"], strict=True)]
    )
    of_b = {"yearB": b["year"], "moneyB": b["money"], "peopleB": b["people"], "gainsB": b["gains"]}
    return a | {"side": side, "says": says} | of_b


def _label(key: str, lang: Lang) -> str:
    return style.both(key)[lang == "en"]


def _places(both: TwoPlans, village: pd.Series, commune: pd.Series) -> dict[str, Any]:
    communes = both.a.communes
    return {"ten_thon": village.map(both.a.villages["name"]), "ten_xa": commune.map(communes["name"]),
            "huyen_cu": commune.map(communes["former_district"])}  # fmt: skip


def _table(fields: tuple[Field, ...], columns: dict[str, Any]) -> Table:
    frame = pd.DataFrame({f.name: list(columns[f.name]) for f in fields}, columns=[f.name for f in fields])
    text = {f.name: frame[f.name].astype("str").mask(frame[f.name].isna()) for f in fields if f.kind == "text"}
    return Table(frame.assign(**text), fields)
