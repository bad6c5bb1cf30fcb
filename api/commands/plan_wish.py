"""What a plan is to be, as options that `plan` and `plan frontier` share."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.imports import option
from api.commands.results import RunOption
from api.plan_options import amount as money
from api.plan_options import committed, floors, known, sources, weights, years
from api.plan_sites import read_sites
from api.planning import Asked, the_run, vintage_communes
from api.store import read_run
from api.workspace import Workspace
from geo.errors import PlanError
from geo.plan.make import Wish
from geo.plan.problem import MEASURES, Budget
from geo.words import Lang

Years = Annotated[str, option("--years", metavar="YEARS", help="Years with their money: 2027:20e9,2028:30e9.")]
SetNamed = Annotated[str, option("--criteria", metavar="SET", help="The newest run judged by this set.")]
Whole = Annotated[str, option("--budget", metavar="MONEY", help="For all years together: 50e9, 50 tỷ.")]
Source = Annotated[
    list[str] | None, option("--source", metavar="NAME:MONEY:KINDS", help="A source of money for some kinds.")
]
Fair = Annotated[
    list[str] | None, option("--floor", metavar="FLOOR", help="Fairness: commune=1, commune.people=100, CODE=2.")
]
OfKind = Annotated[list[str] | None, option("--kind", metavar="KIND", help="Only this kind; may be given again.")]
Weight = Annotated[
    list[str] | None, option("--weight", metavar="WEIGHT", help="poor=0.5 counts a person there 1.5 times.")
]
Unknown = Annotated[float, option("--unknown", min=0, max=1, help="What a gain counts that is not surely lacking.")]
Aim = Annotated[str, option("--aim", help="people, households or villages; then the least cost.")]
Anyway = Annotated[Path | None, option("--committed", metavar="FILE", help="CSV kind,village: built anyway.")]
Unit = Annotated[str, option("--costs", metavar="COSTS", help="Id of a cost set, or a YAML file.")]
Sites = Annotated[
    Path | None, option("--sites", metavar="FILE", help="CSV or GeoPackage of places for mobile stations.")
]
Walk = Annotated[float | None, option("--walk", min=0, max=10_000, help="How far people walk to Wi-Fi, metres.")]
SitesCrs = Annotated[str, option("--sites-crs", help="CRS of the sites where the file does not say one.")]
Seconds = Annotated[float, option("--seconds", min=1, max=3600, help="How long the choice may take.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder to write map, workbook and GeoPackage to.", show_default=False),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Options of everything that chooses what to build."""

    years: Years
    criteria: SetNamed = ""
    run: RunOption = ""
    budget: Whole = ""
    source: Source = None
    floor: Fair = None
    kind: OfKind = None
    weight: Weight = None
    unknown: Unknown = 0.0
    aim: Aim = "people"
    anyway: Anyway = None
    costs: Unit = "thanh-hoa-2026"
    seconds: Seconds = 120.0
    walk: Walk = None
    sites: Sites = None
    sites_crs: SitesCrs = ""

    def asked(self, workspace: Workspace, lang: Lang, worlds: int = 0) -> Asked:
        """The wish and the run it is against. `PlanError` for what cannot be meant, `WorkspaceError` without a run."""
        found_years, yearly = years(self.years)
        by_source, money_of = sources(self.source or ())
        whole = (Budget(money(self.budget)),) if self.budget else ()
        wish = Wish(
            found_years, (*whole, *yearly, *by_source), (), (aim_of(self.aim), "cost"),
            tuple(known(one) for one in self.kind or ()), weights(self.weight or ()), self.unknown,
            committed(self.anyway), money_of, {} if self.walk is None else {"walk_m": self.walk}, self.seconds,
            worlds=worlds,
        )  # fmt: skip
        chosen = the_run(workspace, Asked(wish, self.run, self.criteria))
        fair = floors(self.floor or (), vintage_communes(workspace, chosen))
        vintage = read_run(workspace.path, chosen)[0].vintage
        own = read_sites(workspace, self.sites, vintage, self.sites_crs, lang) if self.sites else None
        return Asked(replace(wish, floors=fair), chosen, costs=self.costs, sites=own)


def aim_of(text: str) -> Any:  # noqa: ANN401  a measure of the plan
    """The first aim. `PlanError` where there is none of that name."""
    if text not in MEASURES:
        raise PlanError(f"there is no aim {text}; aims: {', '.join(MEASURES)}")
    return text
