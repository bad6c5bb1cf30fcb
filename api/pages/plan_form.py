"""The form of a new plan; refused, it is shown again as it was sent, with what is wrong beside each field."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.claims.states import local_day
from api.database import reading
from api.pages.assessments import choices
from api.pages.drawing import draw, language
from api.pages.forms import as_body
from api.pages.plan_words import AIMS, FLAGS, MEASURES, sampled
from api.plan_body import SECONDS, WORLDS, PlanBody
from api.plan_options import amount
from api.planning import shipped
from api.public import runs
from api.publication.publications import published_runs
from api.workspace import Workspace
from geo.errors import PlanError
from geo.plan.costs import shipped_costs
from geo.plan.draft import KINDS
from geo.words import Lang, say
from maps import style
from maps.money import money

Given = Mapping[str, list[str]]
ROWS = {"years": 4, "sources": 2, "floors": 2}
UNKNOWN = ("0", "0.25", "0.5", "1")
SAMPLED = ("0", "12", "24")
TIMES = ("30", "60", "120", "300", "600")
AMOUNT = "Write an amount such as 50 billion, 2.5 billion or 800 million."
WRONG = {  # last part of a field's name → what is expected there
    "money": AMOUNT, "year": "Write a year such as 2027.",
    "budget": AMOUNT, "years": "Give one year or more.",
    "name": "Name the source of money, without colon or comma.", "kinds": "Choose at least one kind.",
    "least": "Write a number, 0 or more.", "commune": "Write the code of a commune, or nothing.",
    "seconds": "Write a whole number of seconds, from 1 to {most}.",
    "worlds": "Write a whole number, from 0 to {most}.",
}  # fmt: skip
TAGS = ("constrained", "function", "int", "str")  # of the ways to write an amount, in pydantic's places of errors
LIMITS = {"seconds": SECONDS, "worlds": WORLDS}
OTHER = "Write a number from 0 to 10, such as 0.5."


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields: as it was given, else as a new form has it."""

    given: Given

    def value(self, name: str, otherwise: object = "") -> str:
        """What stands in a field."""
        return self.given[name][0] if self.given.get(name) else "" if self.given else str(otherwise)

    def on(self, name: str, choice: str) -> bool:
        """Whether a choice of several was made."""
        return choice in self.given.get(name, [])

    def choices(self, name: str, usual: tuple[str, ...]) -> list[str]:
        """The usual choices of a field, and the one that was given."""
        return sorted({*usual, *filter(None, self.given.get(name, []))}, key=_size)


def shown(workspace: Workspace, lang: Lang, given: Given, wrong: Mapping[str, str], top: str = "") -> dict[str, Any]:
    """What the template `plan_form.html` needs. `given`: values by name of field; `wrong`: what is wrong by name."""
    typed, known = Typed(given), runs(workspace)
    with reading(workspace.engine) as session:
        public = published_runs(session)
    return {
        "value": typed.value, "on": typed.on, "wrong": defaultdict(str, wrong), "top": top, "rows": _rows(given),
        "opened": any(name.startswith("sources.") for name in (*(n for n, said in given.items() if any(said)), *wrong)),
        "first_year": local_day(datetime.now(UTC)).year + 1, "flags": list(FLAGS.items()),
        "choices": choices(workspace, known, public, lang), "costs_said": _costs(lang),
        "kinds": [(name, getattr(found, lang)) for name, found in sorted(KINDS.items())],
        "measures_said": [(name, say(words, lang)) for name, words in MEASURES.items()],
        "aims_said": [(name, say(words, lang)) for name, words in AIMS.items()],
        "unknowns_said": [(n, _counted(_size(n), lang)) for n in typed.choices("unknown", UNKNOWN)],
        "sampled_said": [(n, sampled(round(_size(n)), lang)) for n in typed.choices("worlds", SAMPLED)],
        "times_said": [(n, say("{n} seconds", lang, n=n)) for n in typed.choices("seconds", TIMES)],
    }  # fmt: skip


def _counted(share: float, lang: Lang) -> str:
    """How much a gain counts that is not sure."""
    return say("not counted", lang) if not share else f"{style.number(100 * share, lang, 0)} %"


def _costs(lang: Lang) -> list[tuple[str, str]]:
    """Sets of unit costs: id and title, which says itself where nobody confirmed them."""
    return [(name, getattr(one.title, lang)) for name in shipped_costs() if (one := shipped(name))]


def _rows(given: Given) -> dict[str, int]:
    """How many rows each list of fields has: some that are blank, or all that were given."""
    places = [name.split(".")[:2] for name in given if name.count(".") > 1]
    return {name: max([least, *(int(n) + 1 for of, n in places if of == name and n.isdigit())])
            for name, least in ROWS.items()}  # fmt: skip


def _size(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def again(request: Request, fields: Iterable[tuple[str, str]], told: Mapping[str, Any]) -> Response:
    """The form as it was sent, with what a refusal says beside the fields."""
    lang, given = language(request), dict[str, list[str]]()
    pairs = list(fields)
    for name, value in pairs:
        if not name.startswith("_"):
            given.setdefault(name, []).append(value.strip())
    wrong = faults(pairs, told, lang)
    top = told["title"] if lang == "vi" else told["title_en"]
    detail = told.get("detail" if lang == "vi" else "detail_en")
    values = shown(request.app.state.shelf.workspace(), lang, given, wrong, " ".join(filter(None, (top, detail))))
    return draw(request, "plan_form.html", lang, values | {"status": told["status"]})


def faults(fields: Iterable[tuple[str, str]], told: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    """Name of a field → what is wrong with it. Blank rows do not reach the service: names are put back."""
    body = as_body(pair for pair in fields)
    found = dict[str, str]()
    try:
        PlanBody.model_validate(body)
    except ValidationError as error:
        for one in error.errors():
            path = [str(part) for part in one["loc"] if not str(part).startswith(TAGS)]
            name, most = path[-1], LIMITS.get(path[-1], 0)
            found.setdefault(_as_typed(path, fields), say(WRONG.get(name, OTHER), lang, most=most))
    for one in told.get("errors", []):
        said = one.get("message" if lang == "vi" else "message_en")
        if said:
            found.setdefault(_as_typed(one["parameter"].split("."), fields), said)
    return found


def _as_typed(path: list[str], fields: Iterable[tuple[str, str]]) -> str:
    """The name of a field by its place in the body, in which blank rows are missing."""
    if len(path) > 1 and path[1].isdigit():
        rows = sorted({int(name.split(".")[1]) for name, value in fields
                       if name.startswith(f"{path[0]}.") and value.strip()})  # fmt: skip
        if int(path[1]) < len(rows):
            path = [path[0], str(rows[int(path[1])]), *path[2:]]
    return ".".join(path)


def as_given(about: Mapping[str, Any], lang: Lang) -> dict[str, list[str]]:
    """The fields that would ask for a plan again: a start for one that differs in something."""
    wish = about["wish"]
    found = {"run": [about["run"]], "aim": [wish["goals"][0]], "unknown": [f"{wish['unknown']:g}"],
             "worlds": [str(wish["worlds"])], "seconds": [f"{wish['seconds']:g}"], "kinds[]": list(wish["kinds"]),
             "costs": [about["costs"]]}  # fmt: skip
    by_year = {one["year"]: one["amount"] for one in wish["budgets"] if one["year"] and one["source"] is None}
    for n, year in enumerate(wish["years"]):
        found |= {f"years.{n}.year": [str(year)], f"years.{n}.money": [_typed(by_year.get(year), lang)]}
    found["budget"] = [
        _typed(one["amount"], lang) for one in wish["budgets"] if one["year"] is None and one["source"] is None
    ]
    named = [one for one in wish["budgets"] if one["source"] is not None]
    for n, one in enumerate(named):
        paid = [kind for kind, source in wish["source"].items() if source == one["source"]]
        found |= {f"sources.{n}.name": [one["source"]], f"sources.{n}.money": [_typed(one["amount"], lang)],
                  f"sources.{n}.kinds[]": paid}  # fmt: skip
    every = sorted({(one["measure"], one["least"]) for one in wish["floors"] if one["where_possible"]})
    floors = [(*pair, "") for pair in every]
    floors += [(o["measure"], o["least"], o["commune"] or "") for o in wish["floors"] if not o["where_possible"]]
    for n, (measure, least, commune) in enumerate(floors):
        found |= {
            f"floors.{n}.measure": [measure],
            f"floors.{n}.least": [f"{least:g}"],
            f"floors.{n}.commune": [commune],
        }
    return found | {f"weights.{flag}": [f"{weight:g}"] for flag, weight in wish["weights"].items()}


def _typed(dong: int | None, lang: Lang) -> str:
    """An amount as it would be written in a field: `20 tỷ`, `2,5 tỷ`, `20 billion`; digits where words would round."""
    if dong is None:
        return ""
    told = money(dong, lang).removeprefix("VND ").removesuffix(" đồng")
    try:
        return told if amount(told) == dong else str(dong)
    except PlanError:
        return str(dong)
