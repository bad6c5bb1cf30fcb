"""What waits for whoever asks, by task and deadline, each with the list that holds exactly that."""

from datetime import date
from typing import Any

from api.pages.claim_words import TASKS, Clock, clock
from api.pages.drawing import link
from geo.words import Lang, say

CASES = "/phan-anh"
HELP = {
    "answer": "Concede, contest with evidence, or name the quarter in which you will serve. Without an answer in time "
    "the province decides alone.",
    "decide": "Read both sides, then uphold or reject. Conceded cases can be decided many at once.",
    "reopen": "Decided against you; with new evidence they can be opened again until the day stated.",
    "verify": "Go to the village, look, and record what is there.",
    "remarks": "Look into it, then say what came of it; whoever wrote it sees the answer.",
}


def shown(found: list[dict[str, Any]], today: date, lang: Lang) -> dict[str, Any]:
    """What the template `waiting.html` needs, of the answer of `api.claims.waiting.waiting`."""
    return {"tasks": [_task(one, today, lang) for one in found], "today": today}


def _task(one: dict[str, Any], today: date, lang: Lang) -> dict[str, Any]:
    name = one["task"]
    terms = [(_clock(term["until"], today, lang), term["count"], _list(name, lang, term["until"]))
             for term in one["deadlines"]]  # fmt: skip
    return {
        "name": name, "words": say(TASKS[name], lang), "help": say(HELP[name], lang), "count": one["count"],
        "terms": terms, "list": _list(name, lang),
    }  # fmt: skip


def _clock(until: str, today: date, lang: Lang) -> Clock:
    found = clock(until, today, lang)
    return found if found is not None else Clock("", "calm", until)


def _list(name: str, lang: Lang, until: str = "") -> str:
    if name == "verify":
        return link("/xa-toi", {"lang": lang})
    if name == "remarks":
        return link("/bao-sai", {"state": "open", "lang": lang})
    return link(CASES, {"task": name, "until": until, "lang": lang})
