"""What pages say of plans: the state of the choice, the wish that a plan answers, what is gained by commune."""

from collections.abc import Mapping
from typing import Any

from geo.words import Lang, say
from maps import style
from maps.money import money, money_range
from maps.plan_certificate import STATES
from maps.plan_words import kind

AIMS = {"people": "most people", "households": "most households", "villages": "most villages"}
MEASURES = {"villages": "villages that gain", "people": "people who gain", "households": "households that gain",
            "items": "items built"}  # fmt: skip
FLAGS = {"poor": "poor villages", "minority": "villages of ethnic minorities", "border": "border villages",
         "island": "island villages", "difficult": "villages of difficult areas"}  # fmt: skip


def state(about: Mapping[str, Any], lang: Lang) -> str:
    """How good the plan is, in a few words."""
    return say(STATES[about["certificate"]["status"]], lang)


def worth(low: float, high: float, lang: Lang) -> str:
    """A range of money; a dash for nothing."""
    return money_range(low, high, lang) if high else "–"


def wish_lines(about: Mapping[str, Any], communes: Mapping[str, str], lang: Lang) -> list[tuple[str, str]]:
    """What the plan was asked to be: label and words."""
    wish = about["wish"]
    kinds = ", ".join(kind(one, lang) for one in wish["kinds"]) or say("all kinds", lang)
    found = [
        (say("Years of the plan", lang), ", ".join(map(str, wish["years"]))),
        *((_budget(one, lang), money(one["amount"], lang)) for one in wish["budgets"]),
        (say("Aim", lang), say(AIMS.get(wish["goals"][0], "most people"), lang)),
        (say("Kinds", lang), kinds),
        *_floors(wish["floors"], communes, lang),
        *((say("Weight of {what}", lang, what=say(FLAGS.get(flag, flag), lang)), f"+{style.number(weight, lang)}")
          for flag, weight in wish["weights"].items() if weight),
        (say("What is not surely lacking counts", lang), f"{style.number(100 * wish['unknown'], lang)} %"),
        (say("Sampled worlds", lang), sampled(wish["worlds"], lang)),
    ]  # fmt: skip
    if wish["committed"]:
        found.append((say("Built anyway", lang), say("{n} items", lang, n=len(wish["committed"]))))
    return found


def _budget(one: Mapping[str, Any], lang: Lang) -> str:
    if one["source"] is not None:
        return say("Money of {source}", lang, source=one["source"])
    return say("Money of {year}", lang, year=one["year"]) if one["year"] else say("Money for all years", lang)


def _floors(floors: list[Mapping[str, Any]], communes: Mapping[str, str], lang: Lang) -> list[tuple[str, str]]:
    """Floors; those that are the same in every commune as one."""
    every = {(one["measure"], one["least"]) for one in floors if one["where_possible"]}
    single = [one for one in floors if not one["where_possible"]]
    told = [
        (say("At least in every commune", lang), _least(measure, least, lang)) for measure, least in sorted(every)
    ] + [
        (say("At least in {where}", lang, where=communes.get(one["commune"], one["commune"])),
         _least(one["measure"], one["least"], lang)) for one in single
    ]  # fmt: skip
    return told


def _least(measure: str, least: float, lang: Lang) -> str:
    return say("{what}: {n}", lang, what=say(MEASURES[measure], lang), n=style.number(least, lang))


def sampled(worlds: int, lang: Lang) -> str:
    """In how many worlds the choice is made anew."""
    return say("{n} worlds", lang, n=worlds) if worlds else say("no worlds", lang)
