"""Criteria sets: thresholds set by a decision, kept as versioned YAML files. Rules are data; functions are code."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

import geo.indicators  # noqa: F401  registers them all
from geo.errors import CriteriaError
from geo.indicator import INDICATORS, Indicator
from geo.layer import TECHNOLOGY
from geo.resources import shipped
from geo.threshold import Direction, Threshold, Written, thresholds
from geo.words import Lang
from geo.yaml_text import parsed

Confidence = Literal["A", "B", "C", "D"]
RollUp = Literal["measured", "villages_passing", "communes_passing", "sum", "weighted"]
LevelDbm = Annotated[float, Field(ge=-140, le=-40)]
STRICT = ConfigDict(extra="forbid", frozen=True)
# Least level that counts as signal. 2G, 3G: upper edge of "kém" in VNPT's legend; 4G, 5G: engineering practice (D).
SIGNAL_MIN_DBM: Mapping[str, float] = {"2G": -95.0, "3G": -95.0, "4G": -105.0, "5G": -105.0}


class Judgement(BaseModel):
    """How one level gets its value and what it must reach. `measured`: directly, the others from the level below."""

    model_config = STRICT
    roll_up: RollUp = "measured"
    at_least: Written | dict[int, Written] | None = None
    at_most: Written | dict[int, Written] | None = None

    @model_validator(mode="after")
    def _one(self) -> "Judgement":
        if self.at_least is not None and self.at_most is not None:
            raise ValueError("give at_least or at_most, not both")
        _ = self.thresholds  # raises for a threshold that is not a number
        return self

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Every threshold of this level, dated ones in order; none: the value is shown, never judged."""
        given: list[tuple[Direction, Any]] = [("at_least", self.at_least), ("at_most", self.at_most)]
        return tuple(t for direction, written in given if written is not None for t in thresholds(direction, written))


class Sureness(BaseModel):
    """How sure the item and its threshold are: A read in the primary text .. D unverified."""

    model_config = STRICT
    item: Confidence
    threshold: Confidence


class Criterion(BaseModel):
    """One item of a decision: which indicator, with which parameters, judged how at each level."""

    model_config = STRICT
    id: str = Field(pattern=r"^[a-z0-9_]+$")
    indicator: str
    vi: str = ""
    en: str = ""
    legal: str = ""
    origin: str = ""
    confidence: Sureness
    operators: Literal["any", "each"] = "any"
    technologies: tuple[str, ...] = ()
    parameters: dict[str, float] = {}
    village: Judgement | None = None
    commune: Judgement | None = None
    province: Judgement | None = None

    @property
    def known(self) -> Indicator:
        """The indicator it names."""
        return INDICATORS[self.indicator]

    @property
    def group(self) -> str:
        """The group of its indicator."""
        return self.known.group

    def title(self, lang: Lang = "vi") -> str:
        """Its own title, else that of the indicator."""
        return (self.vi or self.known.vi) if lang == "vi" else (self.en or self.known.en)

    @property
    def levels(self) -> dict[str, Judgement]:
        """The levels it is reported at, from the village upwards."""
        given = {"village": self.village, "commune": self.commune, "province": self.province}
        return {level: judgement for level, judgement in given.items() if judgement is not None}

    @property
    def settings(self) -> dict[str, float]:
        """Every parameter with its value, defaults included: printed beside the results."""
        return dict(self.known.defaults) | self.parameters

    @model_validator(mode="after")
    def _fits(self) -> "Criterion":
        known = INDICATORS.get(self.indicator)
        if known is None:
            raise ValueError(f"no indicator {self.indicator!r}; known: {', '.join(sorted(INDICATORS))}")
        if not self.levels:
            raise ValueError("no level: give village, commune or province")
        _check_parameters(known, self.parameters)
        _known_technologies(self.technologies)
        for level, judgement in self.levels.items():
            _check_level(known, level, judgement, self.levels)
        return self


def _known_technologies(given: Iterable[str]) -> None:
    known = [choice.code for choice in TECHNOLOGY.choices]
    wrong = sorted(set(given) - set(known))
    if wrong:
        raise ValueError(f"no technology {wrong}; known: {', '.join(known)}")


def _check_parameters(known: Indicator, given: dict[str, float]) -> None:
    unknown = sorted(set(given) - set(known.parameters))
    if unknown:
        raise ValueError(f"{known.name} takes {sorted(known.parameters)}, got {unknown}")
    for name, value in given.items():
        described = known.parameters[name]
        if not described.low <= value <= described.high:
            raise ValueError(
                f"parameter {name} = {value} is outside {described.low}..{described.high} {described.unit}"
            )


def _check_level(known: Indicator, level: str, judgement: Judgement, levels: dict[str, Judgement]) -> None:
    below = {"commune": "village", "province": "commune"}.get(level, "")
    if judgement.roll_up == "measured":
        if level not in known.levels:
            raise ValueError(f"{known.name} is measured at {', '.join(known.levels)}, not at {level}: name a roll_up")
    elif below not in levels:
        raise ValueError(f"{level} rolls up from {below or 'nothing'}, which the criterion does not give")
    passing = {"villages_passing": ("commune", "province"), "communes_passing": ("province",)}
    if level not in passing.get(judgement.roll_up, (level,)):
        raise ValueError(f"{judgement.roll_up} cannot be used at {level}")
    if level == "province" and judgement.roll_up != "communes_passing":
        below_passes = levels["commune"].roll_up == "villages_passing"
        if below_passes != (judgement.roll_up == "villages_passing"):
            raise ValueError("villages_passing at province needs villages_passing at commune, and the other way round")
    share = judgement.roll_up in ("villages_passing", "communes_passing")
    asked = {"villages_passing": "village", "communes_passing": "commune"}.get(judgement.roll_up)
    if asked and not levels[asked].thresholds:
        raise ValueError(f"{judgement.roll_up} at {level} needs a threshold at {asked}: nothing passes without one")
    least, most, unit = (0.0, 1.0, "share") if share else (known.least, known.most, known.unit)
    most = float("inf") if judgement.roll_up == "sum" else most  # of yes or no: how many villages
    for threshold in judgement.thresholds:
        if not least <= float(threshold.value) <= most:
            raise ValueError(f"{level} threshold {threshold.text} is outside {least:g}..{most:g} ({unit})")


class Title(BaseModel):
    """A text in both languages."""

    model_config = STRICT
    vi: str
    en: str


class CriteriaSet(BaseModel):
    """All criteria of one decision, valid from a day, perhaps to another."""

    model_config = STRICT
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: Title
    legal: str
    valid_from: date
    valid_to: date | None = None
    max_age_days: dict[Literal["verdict", "measured", "map", "predicted", "declared"], int] = {}
    signal_min_dbm: dict[str, LevelDbm] = Field(default_factory=lambda: dict(SIGNAL_MIN_DBM))
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @field_validator("signal_min_dbm")
    @classmethod
    def _every_technology(cls, given: dict[str, float]) -> dict[str, float]:
        _known_technologies(given)
        return {technology: given.get(technology, level) for technology, level in SIGNAL_MIN_DBM.items()}

    @model_validator(mode="after")
    def _unique(self) -> "CriteriaSet":
        ids = [c.id for c in self.criteria]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise ValueError(f"criterion ids are used twice: {twice}")
        return self

    @property
    def vi(self) -> str:
        """Vietnamese title."""
        return self.title.vi

    @property
    def en(self) -> str:
        """English title."""
        return self.title.en

    @property
    def verified(self) -> bool:
        """Whether every item of the set, and every threshold it has, was read in the primary text."""
        own = [c for c in self.criteria if not c.origin]
        judged = {c.id: any(j.thresholds for j in c.levels.values()) for c in own}
        return all(c.confidence.item == "A" and (c.confidence.threshold == "A" or not judged[c.id]) for c in own)

    def valid_on(self, day: date) -> bool:
        """Whether the decision is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def sha256(self) -> str:
        """Hash of its content, whatever the layout of the file.

        Signal levels that are the usual ones are left out: sets and runs kept before they existed keep their hash.
        """
        usual = {"signal_min_dbm"} if self.signal_min_dbm == SIGNAL_MIN_DBM else set[str]()
        return hashlib.sha256(self.model_dump_json(exclude=usual).encode()).hexdigest()


def joined(main: CriteriaSet, other: CriteriaSet) -> CriteriaSet:
    """`main` with those criteria of `other` whose id it does not have; they name `other` as their `origin`."""
    own = {c.id for c in main.criteria}
    added = tuple(c.model_copy(update={"origin": other.id}) for c in other.criteria if c.id not in own)
    return main.model_copy(update={"criteria": main.criteria + added})


def beside(criteria: CriteriaSet) -> frozenset[str]:
    """Ids of the criteria that stand beside the set without belonging to it."""
    return frozenset(c.id for c in criteria.criteria if c.origin)


def shipped_criteria() -> tuple[str, ...]:
    """Ids of the criteria sets that come with the product."""
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in shipped("criteria").iterdir() if f.name.endswith(".yaml"))
    )


def load_criteria(source: str | Path) -> CriteriaSet:
    """A shipped set by its id, or a file. Raise `CriteriaError` naming the file, the line and what is wrong."""
    if isinstance(source, str) and source in shipped_criteria():
        return parse_criteria(shipped("criteria", f"{source}.yaml").read_text(encoding="utf-8"), f"{source}.yaml")
    path = Path(source)
    if not path.is_file():
        raise CriteriaError(
            f"no criteria set {str(source)!r}; shipped: {', '.join(shipped_criteria())}; or give a .yaml file"
        )
    return parse_criteria(path.read_text(encoding="utf-8"), path.name)


def parse_criteria(text: str, name: str) -> CriteriaSet:
    """A criteria set from YAML text; `name` is the file named in errors."""
    return parsed(CriteriaSet, text, name, CriteriaError)
