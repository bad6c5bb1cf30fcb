"""The list of cases: which are asked for, in which order, how many each filter would leave; the same rows as CSV."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field
from sqlalchemy.orm import Session

from api.claims.case_rows import case_rows, some_cases
from api.claims.challenging import own_report
from api.claims.desk import Desk
from api.claims.reading import case_told
from api.gazetteer import Gazetteer
from api.pages.asked import Spoken, Text
from api.pages.claim_words import SERVICES, SHORT, TASKS, case_clock, claim_words, service_words
from api.pages.drawing import link
from api.pages.units import part, searched
from api.tables.claims import Challenge
from geo.names import sort_key
from geo.words import Lang, say
from maps import style

PATH = "/phan-anh"
State = Literal["", "open", "expired", "conceded", "contested", "planned", "upheld", "rejected", "withdrawn"]
FILTERS = ("state", "commune", "operator", "service")
NO_TERM = "9999"
HEADINGS = {  # column of the CSV → what stands above it
    "so": "Case", "ten_thon": "Village", "ma_thon": "Village code", "ten_xa": "Commune", "nha_mang": "Operator",
    "dich_vu": "Service", "ke_khai": "Claim says", "ly_do": "Reason", "trang_thai": "State", "han": "Last day",
    "dong_ho": "Time left",
}  # fmt: skip


class Cases(Spoken):
    """Filters, order and page of the list of cases. `task` "mine": whatever waits for the asker."""

    q: Text = ""
    state: State = ""
    commune: Text = ""
    operator: Text = ""
    service: Literal["", "mobile", "fibre", "wifi"] = ""
    task: Literal["", "mine", "answer", "decide", "reopen"] = ""
    until: Annotated[str, Field(pattern="^$|^20[0-9]{2}-[0-9]{2}-[0-9]{2}$")] = ""
    sort: Literal["deadline", "new", "village"] = "deadline"
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


def fitting(rows: pd.DataFrame, asked: Cases, named: Gazetteer) -> dict[str, "pd.Series[bool]"]:
    """For each filter, which rows fit it."""
    found = {name: rows[name].eq(getattr(asked, name)) | (getattr(asked, name) == "") for name in FILTERS}
    text = pd.Series([named.found(v, c) for v, c in zip(rows["vintage"], rows["village"], strict=True)], rows.index)
    found["q"] = searched(text.astype("str"), asked.q)
    task = rows["task"]
    found["task"] = task.ne("") if asked.task == "mine" else task.eq(asked.task) | (asked.task == "")
    found["until"] = rows["until"].eq(asked.until) | (asked.until == "")
    return found


def chosen(rows: pd.DataFrame, asked: Cases, named: Gazetteer) -> tuple[pd.DataFrame, dict[str, dict[str, int]]]:
    """The rows that fit all filters, in order; and for each filter how many each of its values would leave."""
    fits = pd.DataFrame(fitting(rows, asked, named), index=rows.index)
    counts = {
        name: {str(k): int(n) for k, n in rows.loc[fits.drop(columns=name).all(axis=1), name].value_counts().items()}
        for name in (*FILTERS, "task")
    }
    kept = rows[fits.all(axis=1)]
    return _ordered(kept, asked, named), counts


def _ordered(rows: pd.DataFrame, asked: Cases, named: Gazetteer) -> pd.DataFrame:
    if asked.sort == "new":
        return rows.sort_values("id", ascending=False)
    if asked.sort == "village":
        called = zip(rows["vintage"], rows["commune"], rows["village"], rows["id"], strict=True)
        keys = [(sort_key(named.commune(v, c)), sort_key(named.village(v, t)), i) for v, c, t, i in called]
        return rows.iloc[sorted(range(len(rows)), key=keys.__getitem__)]
    keys_of = rows.assign(_closed=~rows["live"].astype(bool), _until=rows["until"].replace("", NO_TERM))
    return rows.loc[keys_of.sort_values(["_closed", "_until", "id"]).index]


def told(session: Session, desk: Desk, numbers: Sequence[int], named: Gazetteer, lang: Lang) -> list[dict[str, Any]]:
    """Cases in words, in the order of their numbers."""
    found = some_cases(session, desk, list(numbers))
    return [_row(case_told(found[n], desk, lang), desk, named, lang) for n in numbers if n in found]


def _row(case: dict[str, Any], desk: Desk, named: Gazetteer, lang: Lang) -> dict[str, Any]:
    return case | {
        "village_name": named.village(case["vintage"], case["village"]),
        "commune_name": named.commune(case["vintage"], case["commune"]),
        "operator_name": desk.workspace.config.names.get(case["operator"], case["operator"]),
        "service_words": service_words(case["service"], case["technology"], lang),
        "claim_words": claim_words(case["claimed"], lang),
        "state_short": say(SHORT[case["state"]], lang),
        "clock": case_clock(case["state"], case["until"] or "", desk.today, lang),
    }


def shown(session: Session, desk: Desk, asked: Cases, named: Gazetteer) -> dict[str, Any]:
    """What the template `cases.html` needs."""
    rows, counts = chosen(case_rows(session, desk), asked, named)
    at = part(len(rows), asked.page)
    here = rows.iloc[max(at.first - 1, 0) : at.last]
    listed = told(session, desk, [int(n) for n in here["id"]], named, asked.lang)
    deciding = desk.person.role == "planner"
    many = _decidable(session, desk, listed) if deciding else set()
    return {
        "asked": asked, "part": at, "rows": listed, "base": PATH, "many": many, "counts": counts,
        "states": [(s, say(SHORT[s], asked.lang), n) for s in SHORT if (n := counts["state"].get(s, 0))],
        "services": [(s, say(SERVICES[s], asked.lang), n) for s in SERVICES if (n := counts["service"].get(s, 0))],
        "operators": [(o, desk.workspace.config.names.get(o, o), n) for o, n in sorted(counts["operator"].items())],
        "communes": _communes(rows, counts["commune"], named),
        "tasks": [(t, say(TASKS[t], asked.lang), n) for t in TASKS if (n := counts["task"].get(t, 0))],
        "waits_for_me": sum(n for task, n in counts["task"].items() if task),
        "csv": link(f"{PATH}.csv", asked.said(page=1)), "here": lambda **new: link(PATH, asked.said(**new)),
    }  # fmt: skip


def _decidable(session: Session, desk: Desk, listed: list[dict[str, Any]]) -> set[int]:
    """Conceded cases on this page that the asker may decide: those in which nobody behind the asker had a hand."""
    conceded = [case["id"] for case in listed if case["state"] == "conceded"]
    found: dict[int, Challenge] = some_cases(session, desk, conceded)
    return {number for number, case in found.items() if not own_report(session, case, desk.actor)}


def _communes(rows: pd.DataFrame, counts: dict[str, int], named: Gazetteer) -> list[tuple[str, str, int]]:
    today = dict(named.communes())
    return sorted(((code, today.get(code, code), n) for code, n in counts.items()), key=lambda one: sort_key(one[1]))


def as_frame(session: Session, desk: Desk, asked: Cases, named: Gazetteer) -> pd.DataFrame:
    """The rows that the list shows, all pages, with headings for people."""
    rows, _ = chosen(case_rows(session, desk), asked, named)
    listed = told(session, desk, [int(n) for n in rows["id"]], named, asked.lang)
    frame = pd.DataFrame([_plain(case, asked.lang) for case in listed], columns=list(HEADINGS))
    return frame.rename(columns={name: say(words, asked.lang) for name, words in HEADINGS.items()})


def _plain(case: dict[str, Any], lang: Lang) -> dict[str, Any]:
    clock = case["clock"]
    return {
        "so": case["id"], "ten_thon": case["village_name"], "ma_thon": case["village"], "ten_xa": case["commune_name"],
        "nha_mang": case["operator_name"], "dich_vu": case["service_words"], "ke_khai": case["claim_words"],
        "ly_do": case["reason_text"], "trang_thai": case["state_short"],
        "han": style.day(clock.until, lang) if clock else "", "dong_ho": clock.text if clock else "",
    }  # fmt: skip
