"""What a plan is to be, as it is written on the command line or in a form: money, years, floors, weights."""

import csv
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from geo.errors import PlanError
from geo.names import fold
from geo.plan.draft import KINDS
from geo.plan.gaps import FLAGS
from geo.plan.problem import Budget, Floor

UNITS = {"d": 1, "dong": 1, "vnd": 1, "trieu": 10**6, "ty": 10**9, "ti": 10**9, "million": 10**6, "billion": 10**9}
ENGLISH = frozenset({"million", "billion"})
BARE = re.compile(r"[0-9]+|[0-9]+(?:[.,][0-9]+)?e[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3}){2,}|[0-9]{1,3}(?:,[0-9]{3}){2,}")
WORDED = re.compile(r"([0-9][0-9.,]*) *([a-z]+)(?: (?:dong|d|vnd))?")
TWO_WAYS = re.compile(r"[1-9][0-9]{0,2}([.,])[0-9]{3}")  # 50.000: fifty thousand, or fifty
MEASURES = ("items", "people", "households", "villages")
EACH = "commune"  # a floor for every commune


def amount(text: str) -> int:
    """Đồng of `50e9`, `50 tỷ`, `2,5 tỷ`, `50.000 triệu đồng`, `800 million`. `PlanError` for anything else.

    Before a Vietnamese unit word (đồng, triệu, tỷ) a dot followed by exactly three digits groups thousands, as
    officials write: `50.000 triệu` is fifty thousand million, `1.234,5 tỷ` is 1234.5 billion. Any other single dot or
    comma is decimal: `1.5 tỷ` and `1,5 tỷ` are one and a half. Before an English one (million, billion) the two signs
    change places: `50,000 million`, `1,234.5 billion`.
    What can be read in two ways is refused: `50.000` with no word, `1,234 tỷ`, `1.234 billion`; and a fraction of one
    đồng. Nothing begins with a group 0: `0.125 tỷ` and `0,125 tỷ` are an eighth. With no word, digits
    grouped at least twice (`50.000.000`) can be read in one way only.
    """
    told = fold(text).removeprefix("vnd ")
    if BARE.fullmatch(told):
        return round(float(told.replace(",", "."))) if "e" in told else int(re.sub("[.,]", "", told))
    found = WORDED.fullmatch(told)
    number = _number(found[1], found[2] in ENGLISH) if found and found[2] in UNITS else None
    if found is not None and number is not None and (number * UNITS[found[2]]).denominator == 1:
        return int(number * UNITS[found[2]])
    if TWO_WAYS.fullmatch(found[1] if found and found[2] in UNITS else told):
        raise PlanError(f"{text!r} can be read in two ways; write 50 tỷ, 2,5 tỷ or 50.000 triệu")
    raise PlanError(f"{text!r} is no amount of money; write 50e9, 50 tỷ, 2,5 tỷ or 50.000 triệu")


def _number(digits: str, english: bool) -> Fraction | None:
    """The number written before a unit word; none where it is none or can be read in two ways."""
    group, point = (",", ".") if english else (".", ",")
    grouped = re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:\{group}[0-9]{{3}})+(?:\{point}[0-9]+)?", digits)
    if grouped:
        return Fraction(digits.replace(group, "").replace(point, "."))
    plain = re.fullmatch(r"(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?", digits)
    return Fraction(digits.replace(",", ".")) if plain and not TWO_WAYS.fullmatch(digits) else None


def years(text: str) -> tuple[tuple[int, ...], tuple[Budget, ...]]:
    """Years, and a budget for each that states one: `2027:20e9,2028:30e9` or `2027,2028`."""
    named: dict[int, int | None] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        year, _, money = part.partition(":")
        if not re.fullmatch(r"20[0-9]{2}", year.strip()):
            raise PlanError(f"{part!r} is no year with its money; write 2027:20e9,2028:30e9 or 2027,2028")
        named[int(year)] = amount(money) if money else None
    if not named or list(sorted(named)) != list(range(min(named), max(named) + 1)):
        told = ", ".join(map(str, sorted(named)))
        raise PlanError(f"years {told}: give one year or more, one after the other, such as 2027,2028")
    return tuple(sorted(named)), tuple(Budget(m, year=y) for y, m in sorted(named.items()) if m is not None)


def sources(given: Iterable[str]) -> tuple[tuple[Budget, ...], dict[str, str]]:
    """Sources of money, each for some kinds: `quỹ:20e9:mobile,fibre` → its budget, and the source of each kind."""
    budgets, of = list[Budget](), dict[str, str]()
    for one in given:
        name, _, rest = one.partition(":")
        money, _, kinds = rest.partition(":")
        named = [kind.strip() for kind in kinds.split(",") if kind.strip()]
        if not name.strip() or not money or not named:
            raise PlanError(
                f"{one!r} is no source of money; write NAME:AMOUNT:KINDS, such as province:20e9:wifi,camera"
            )
        budgets.append(Budget(amount(money), source=name.strip()))
        of |= {known(kind): name.strip() for kind in named}
    return tuple(budgets), of


def known(kind: str) -> str:
    """The kind. `PlanError` where there is none of that name."""
    if kind not in KINDS:
        raise PlanError(f"there is no kind {kind}; kinds: {', '.join(sorted(KINDS))}")
    return kind


def floors(given: Iterable[str], communes: Iterable[str]) -> tuple[Floor, ...]:
    """Fairness floors: `commune=1` (a village in every commune), `commune.people=100`, `14758=2`, `14758.items=1`.

    A floor for every commune asks of none more than it could have with all the money of the world.
    """
    every, found = sorted(set(communes)), []
    for one in given:
        where, sign, least = one.partition("=")
        unit, _, measure = where.strip().partition(".")
        measure = measure or "villages"
        if not sign or measure not in MEASURES or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", least.strip()):
            raise PlanError(
                f"{one!r} is no floor; write commune=1, commune.people=100 or CODE=2; measures: {', '.join(MEASURES)}"
            )
        if unit != EACH and unit not in every:
            raise PlanError(f"there is no commune {unit}; give its code, or commune for every one")
        wanted = every if unit == EACH else [unit]
        found += [Floor(float(least), measure, code, where_possible=unit == EACH) for code in wanted]  # type: ignore[arg-type]
    return tuple(found)


def weights(given: Iterable[str]) -> dict[str, float]:
    """Weights: `poor=0.5` counts a person of a poor village 1.5 times."""
    found: dict[str, float] = {}
    for one in given:
        name, sign, weight = one.partition("=")
        if not sign or name.strip() not in FLAGS or not re.fullmatch(r"[0-9]+(\.[0-9]+)?", weight.strip()):
            raise PlanError(f"{one!r} is no weight; write poor=0.5; villages may be: {', '.join(FLAGS)}")
        found[name.strip()] = float(weight)
    return found


def committed(path: Path | None) -> frozenset[tuple[str, str]]:
    """What will be built anyway, from a CSV with the columns kind, village. `PlanError` where it is none."""
    if path is None:
        return frozenset()
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows: list[Mapping[str, str]] = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path} cannot be read: give a CSV in UTF-8 with the columns kind, village") from error
    for number, row in enumerate(rows, 2):
        if not row.get("kind") or not row.get("village"):
            raise PlanError(
                f"{path}, row {number}: kind or village is missing; give a CSV with the columns kind, village"
            )
        known(row["kind"])
    return frozenset((row["kind"], row["village"]) for row in rows)
