"""How good a plan is, in words: what was proved, greedy beside it, what is sure and what only possible, what failed."""

from collections.abc import Iterator, Mapping

from geo.plan.choose import Certificate, Chosen
from geo.plan.conflict import Conflict
from geo.plan.problem import Budget, Floor
from geo.plan.valuation import PRESENT
from geo.words import Lang, say
from maps import style
from maps.money import money, money_range
from maps.plan_entries import PlanContent, missing_layers
from maps.plan_words import UNCONFIRMED, kind

MOST = 10  # floors or budgets that one line names
SMALL = 1e-9
STATES = {"optimal": "proved to be the best", "gap": "nearly the best", "infeasible": "the floors cannot be met",
          "not_found": "the time was too short"}  # fmt: skip
GOAL = {
    "people": "aim: people gained", "households": "aim: households gained", "villages": "aim: villages gained",
    "cost": "aim: least cost",
}  # fmt: skip
FLOOR = {
    "items": "at least {n} items in {where}", "people": "at least {n} people gained in {where}",
    "households": "at least {n} households gained in {where}", "villages": "at least {n} villages gained in {where}",
}  # fmt: skip

GREEDY = "Beside it, choosing the most useful item each time (greedy): {aim} {theirs}, cost {money}."
AS_GOOD = (
    "Beside it, choosing the most useful item each time (greedy): {aim} {theirs}, cost {money}; just as much as this "
    "plan."
)
BETTER = (
    "Beside it, choosing the most useful item each time (greedy): {aim} {theirs}, cost {money}; this plan has {ours}, "
    "{percent} % better."
)


def certificate(content: PlanContent, lang: Lang = "vi") -> list[str]:
    """Sentences about how good the plan is, the most important first."""
    known = content.plan.choice.certificate
    return [
        *_proved(known, lang),
        *(_conflict(content, known.conflict, lang) if known.conflict else []),
        *_beside(content, lang),
        *_gained(content, lang),
        *_spent(content, lang),
        *absent(content, lang),
        *(say("PROGRAM FAULT, do not use this plan: {what}", lang, what=what) for what in known.broken),
    ]


def verdict(content: PlanContent, lang: Lang = "vi") -> str:
    """The first of those sentences."""
    return certificate(content, lang)[0]


def _proved(known: Certificate, lang: Lang) -> Iterator[str]:
    aim = _aim(known.goal, lang)
    seconds = style.number(known.seconds, lang, 0 if known.seconds >= 10 else 1)
    if known.status == "optimal":
        yield say("Proved to be the best: with this money and these floors no plan does better ({aim}).", lang, aim=aim)
    elif known.status == "gap" and known.gap <= 10:
        percent = style.number(100 * known.gap, lang, 2 if known.gap < 0.01 else 1)
        yield say(
            "Nearly the best: it is proved that no plan is better by more than {percent} % ({aim}); {seconds} seconds "
            "of computing.", lang, percent=percent, aim=aim, seconds=seconds,
        )  # fmt: skip
    elif known.status == "gap":
        yield say("A plan was found, but in {seconds} seconds nothing useful was proved about how good it is; give "
                  "more time.", lang, seconds=seconds)  # fmt: skip
    elif known.status == "infeasible":
        yield say("There is no such plan: it is proved that the floors cannot all be met with this money.", lang)
    else:
        yield say("The time of {seconds} seconds was too short: neither a plan nor a proof that there is none; give "
                  "more time.", lang, seconds=seconds)  # fmt: skip


def _aim(goal: str, lang: Lang) -> str:
    return style.both(GOAL[goal])[lang == "en"]


def floor(content: PlanContent, one: Floor, lang: Lang = "vi") -> str:
    """A floor in words."""
    names = content.communes["name"]
    where = say("all of it", lang) if one.commune is None else str(names.get(one.commune, one.commune))
    return say(FLOOR[one.measure], lang, n=style.number(one.least, lang), where=where)


def budget(one: Budget, lang: Lang = "vi") -> str:
    """Whose money a budget is, in words."""
    year = say("all years", lang) if one.year is None else say("year {year}", lang, year=one.year)
    return year if one.source is None else say("{year}, source {source}", lang, year=year, source=one.source)


def _conflict(content: PlanContent, known: Conflict, lang: Lang) -> Iterator[str]:
    for one, most in known.impossible[:MOST]:
        text = "Floor “{floor}” cannot be met with any money: at most {most} can be had."
        yield say(text, lang, floor=floor(content, one, lang), most=style.number(most, lang))
    for short, lacks in known.lacking[:MOST]:
        text = "Money that is lacking to meet every floor ({budget}): {money}."
        yield say(text, lang, budget=budget(short, lang), money=money(lacks, lang))
    for given in known.giving_way[:MOST]:
        yield say("The money would do without this floor: “{floor}”.", lang, floor=floor(content, given, lang))


def _beside(content: PlanContent, lang: Lang) -> Iterator[str]:
    choice = content.plan.choice
    if not _has_plan(choice.certificate):
        return
    if choice.greedy is None:
        yield say("Choosing the most useful item each time (greedy) could not meet the floors.", lang)
        return
    goal = choice.certificate.goal
    ours, theirs = _worth(choice.plan, goal), _worth(choice.greedy, goal)
    said = {"theirs": _amount(theirs, goal, lang), "money": money(choice.greedy.totals["cost"], lang),
            "aim": _counted(choice.plan, goal, lang)}  # fmt: skip
    more = theirs - ours if goal == "cost" else ours - theirs
    near = SMALL * max(1.0, abs(theirs))
    if theirs and more > near:
        said |= {"ours": _amount(ours, goal, lang), "percent": style.number(100 * more / theirs, lang, 1)}
        yield say(BETTER, lang, **said)
    else:
        yield say(AS_GOOD if abs(more) <= near else GREEDY, lang, **said)


def _has_plan(known: Certificate) -> bool:
    return known.status in ("optimal", "gap")


def _worth(plan: Chosen, goal: str) -> float:
    return float(plan.totals["cost"] if goal == "cost" else plan.totals["value"])


def _counted(plan: Chosen, goal: str, lang: Lang) -> str:
    """The aim, and how gains count in it where not each as one: only the sure ones, or with weights."""
    aim = _aim(goal, lang)
    if goal == "cost" or abs(plan.totals["value"] - plan.totals[goal]) <= SMALL * max(1.0, plan.totals[goal]):
        return aim
    is_sure = plan.gains["weight"].isin([0.0, 1.0]).all()
    return say("{aim}, the sure ones only", lang, aim=aim) if is_sure else say("{aim}, weighted", lang, aim=aim)


def _amount(worth: float, goal: str, lang: Lang) -> str:
    return money(worth, lang) if goal == "cost" else style.number(worth, lang, 0)


def _gained(content: PlanContent, lang: Lang) -> Iterator[str]:
    gains = content.plan.gains
    if gains.empty:
        return
    sure = gains["state"].eq("sure")
    villages = gains["area"].isin(content.villages.index)
    counts = {
        "sure": gains.loc[sure, "people"].sum(), "more": gains.loc[~sure, "people"].sum(),
        "villages": gains.loc[sure & villages, "area"].nunique(),
        "others": len(set(gains.loc[~sure & villages, "area"]) - set(gains.loc[sure & villages, "area"])),
    }  # fmt: skip
    told = {name: style.number(float(n), lang, 0) for name, n in counts.items()}
    yield say("Guaranteed gain: {sure} people in {villages} villages. Possible besides, where the survey leaves it "
              "open: {more} people, {others} further villages.", lang, **told)  # fmt: skip
    if gains["kind"].nunique() > 1:
        yield say("Who gains by two kinds of items is counted with each.", lang)


def _spent(content: PlanContent, lang: Lang) -> Iterator[str]:
    items = content.plan.items
    if items.empty:
        return
    sums: Mapping[str, float] = items[["low", "likely", "high", "yearly_low", "yearly_high"]].sum()
    told = say(
        "Cost to build: {range}, likely {likely}; running {yearly} a year once all is built.", lang,
        range=money_range(sums["low"], sums["high"], lang), likely=money(sums["likely"], lang),
        yearly=money_range(sums["yearly_low"], sums["yearly_high"], lang),
    )  # fmt: skip
    yield told if content.confirmed else f"{told[:-1]} ({say(UNCONFIRMED, lang)})."
    paid = content.plan.choice.plan.totals
    if paid["cost"] > paid["build"]:
        yield say("Of the money of the plan it takes {cost}: building, and running until the end of its years.", lang,
                  cost=money(paid["cost"], lang))  # fmt: skip
    yield from _valued(content, lang)


def _valued(content: PlanContent, lang: Lang) -> Iterator[str]:
    """The present value, with the rate and the horizon that it rests on; nothing of a plan that was not valued."""
    known = content.plan.present
    if not known:
        return
    low, likely, high = (float(content.plan.items[name].sum()) for name in PRESENT)
    base = int(known["base_year"])
    yield say(
        "Present value in {year}: {range}, likely {likely}: building in its year, running until the end of {end}, "
        "discounted by {rate} % a year.", lang, year=base, range=money_range(low, high, lang),
        likely=money(likely, lang), end=base + int(known["years"]),
        rate=style.number(100 * known["rate"], lang, 1),
    )  # fmt: skip


def absent(content: PlanContent, lang: Lang = "vi") -> list[str]:
    """Kinds of which nothing could be planned, each with the layers that are missing."""
    return [
        say("Nothing could be planned of {kind}: {why}.", lang, kind=kind(name, lang), why=missing_layers(layers, lang))
        for name, layers in content.plan.absent.items()
    ]
