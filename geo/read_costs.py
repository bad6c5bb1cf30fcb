"""Reading a set of unit costs: a shipped one by its id, or a file."""

from pathlib import Path

from geo.errors import PlanError
from geo.plan.costs import CostSet, parse_costs, shipped_costs
from geo.resources import shipped_text
from geo.words import Lang, say

NO_COSTS = "no cost set {name}; shipped: {shipped}; or give a .yaml file"


def load_costs(source: str | Path, lang: Lang = "vi") -> CostSet:
    """A shipped set by its id, or a file. Raise `PlanError` naming file, line, what is wrong and how to mend it."""
    if isinstance(source, str) and source in shipped_costs():
        return parse_costs(shipped_text("costs", f"{source}.yaml"), f"{source}.yaml", lang)
    path = Path(source)
    if not path.is_file():
        raise PlanError(say(NO_COSTS, lang, name=str(source), shipped=", ".join(shipped_costs())))
    return parse_costs(path.read_text(encoding="utf-8"), path.name, lang)
