"""The wish that a plan asked for over HTTP means; everything in it that cannot be meant is named at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from api.plan_body import MOST_DONG, PlanBody, SourceAsked
from api.plan_options import amount, floors, known, sources, years
from api.planning import Asked, the_run, vintage_communes
from api.problems import Problem, Wrong
from api.said import retold
from api.workspace import Workspace
from geo.errors import GeoError, PlanError
from geo.plan.costs import shipped_costs
from geo.plan.gaps import FLAGS
from geo.plan.make import Wish
from geo.plan.problem import Budget, Floor

Found = TypeVar("Found")
NO_YEARS: tuple[tuple[int, ...], tuple[Budget, ...]] = ((), ())
NO_SOURCE: tuple[tuple[Budget, ...], dict[str, str]] = ((), {})
LEAST = "say how much there is to be at least in the commune, or leave the code blank"


class WrongPart(Wrong):
    """A part of a plan asked for that cannot be meant, in both languages."""

    message: str = ""
    message_en: str = ""


@dataclass
class Reading:
    """What was read of a body, and what cannot be meant."""

    wrong: list[WrongPart] = field(default_factory=list)

    def part(self, parameter: str, found: Callable[[], Found], otherwise: Found) -> Found:
        """What is found, or `otherwise` where it cannot be meant, which is noted."""
        try:
            return found()
        except GeoError as error:
            vi, en = retold(str(error), "vi"), retold(str(error), "en")
            self.wrong.append(WrongPart(parameter=parameter, message=vi, message_en=en))
            return otherwise


def asked_for(workspace: Workspace, body: PlanBody) -> Asked:
    """What `api.planning.make` is asked. `Problem` plan_unfit naming every part that cannot be meant."""
    found = Reading()
    run = found.part("run" if body.run else "criteria", lambda: the_run(workspace, _run(body)), "")
    wish = _wish(found, body, vintage_communes(workspace, run) if run and body.floors else ())
    if body.costs not in shipped_costs():
        found.part("costs", lambda: _refuse(_no_costs(body.costs)), None)
    if found.wrong:
        raise Problem("plan_unfit", tuple(found.wrong))
    return Asked(wish, run, costs=body.costs)


def _run(body: PlanBody) -> Asked:
    return Asked(Wish((), ()), body.run, body.criteria)


def _wish(found: Reading, body: PlanBody, communes: tuple[str, ...]) -> Wish:
    """The wish, with the options read as on the command line."""
    whole = tuple(Budget(money) for money in [_money(found, "budget", body.budget)] if money is not None)
    by_year = [_money(found, f"years.{n}.money", one.money) for n, one in enumerate(body.years)]
    text = ",".join(f"{one.year}{'' if money is None else f':{money}'}"
                    for one, money in zip(body.years, by_year, strict=True))  # fmt: skip
    when, yearly = found.part("years", lambda: _years(body, text), NO_YEARS)
    given, paid = _sources(found, body)
    kinds = tuple(dict.fromkeys(_kind(found, "kinds", one) for one in body.kinds))
    pairs = frozenset(
        (_kind(found, f"committed.{n}.kind", one.kind), one.village) for n, one in enumerate(body.committed)
    )
    return Wish(
        when, (*whole, *yearly, *given), _floors(found, body, communes), (body.aim, "cost"), kinds,
        {flag: weight for flag in FLAGS if (weight := getattr(body.weights, flag))}, body.unknown, pairs, paid, {},
        float(body.seconds), worlds=body.worlds,
    )  # fmt: skip


def _money(found: Reading, parameter: str, money: int | str) -> int | None:
    """Đồng; none where nothing is said."""
    return found.part(parameter, lambda: _dong(money), None) if money != "" else None


def _dong(money: int | str) -> int:
    dong = amount(str(money))
    if dong > MOST_DONG:
        raise PlanError("more than a million billion đồng: no plan has so much money")
    return dong


def _years(body: PlanBody, text: str) -> tuple[tuple[int, ...], tuple[Budget, ...]]:
    if len({one.year for one in body.years}) < len(body.years):
        raise PlanError("a year stands there twice")
    return years(text)


def _sources(found: Reading, body: PlanBody) -> tuple[list[Budget], dict[str, str]]:
    """The budgets of all sources, and the source of each kind."""
    given, paid = list[Budget](), dict[str, str]()
    for n, one in enumerate(body.sources):
        budgets, kinds = found.part(f"sources.{n}.money", partial(_source, one, dict(paid)), NO_SOURCE)
        given, paid = [*given, *budgets], paid | kinds
    return given, paid


def _source(one: SourceAsked, paid: dict[str, str]) -> tuple[tuple[Budget, ...], dict[str, str]]:
    twice = sorted(set(one.kinds) & set(paid))
    if twice:
        raise PlanError(f"{', '.join(twice)} is paid by two sources; name each kind once")
    return sources([f"{one.name}:{_dong(one.money) if one.money != '' else ''}:{','.join(one.kinds)}"])


def _kind(found: Reading, parameter: str, name: str) -> str:
    return found.part(parameter, lambda: known(name), name)


def _no_costs(name: str) -> str:
    return f"there is no cost set {name}; shipped: {', '.join(shipped_costs())}"


def _floors(found: Reading, body: PlanBody, communes: tuple[str, ...]) -> tuple[Floor, ...]:
    made = list[Floor]()
    for n, one in enumerate(body.floors):
        if one.commune and not one.least:
            found.part(f"floors.{n}.least", partial(_refuse, LEAST), None)
        if one.least and communes:
            text = f"{one.commune or 'commune'}.{one.measure}={one.least:.6f}".rstrip("0").rstrip(".")
            made += found.part(f"floors.{n}.commune", partial(floors, [text], communes), ())
    return tuple(made)


def _refuse(text: str) -> Any:  # noqa: ANN401  it never returns
    raise PlanError(text)
