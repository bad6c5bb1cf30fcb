"""What senders call an operator, as the code that the workspace has for it.

A code is compared first, then the known spellings in `data/operators/`. What only looks alike is suggested in the
message and never joined.
"""

from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from geo.check import MESSAGES, sender_rows
from geo.layer import Layer
from geo.names import header_key
from geo.notices import Notice
from geo.resources import shipped, shipped_text

STRICT = ConfigDict(extra="forbid", frozen=True)
ALIKE = 0.75  # of difflib: one or two letters differ in a name of six
READ_AS = "“{value}” was read as operator {code} in {count} rows; write {code} to say it without doubt"
DID_YOU_MEAN = "“{value}” is not an operator of this workspace; it has {allowed}. If you mean {near}, write {near}"


class Operator(BaseModel):
    """One operator: how people call it, and every spelling that means it."""

    model_config = STRICT
    id: str
    name: str
    spellings: list[str]


class Spellings(BaseModel):
    """The operators of a country with their spellings, and words around them that do not tell which one it is."""

    model_config = STRICT
    source: str
    operators: list[Operator]
    about: list[str] = []

    @model_validator(mode="after")
    def one_meaning(self) -> "Spellings":
        """Raise `ValueError` where one spelling stands for two operators."""
        seen: dict[str, str] = {}
        for operator in self.operators:
            for key in {header_key(s) for s in (operator.id, operator.name, *operator.spellings)}:
                if seen.setdefault(key, operator.id) != operator.id:
                    raise ValueError(f"“{key}” is both {seen[key]} and {operator.id}")
        return self


class Named(NamedTuple):
    """The code that a text means ("" = none), whether it was written as that code, and the code that it looks like."""

    code: str
    exact: bool = False
    near: str = ""


def operators_known(done: pd.DataFrame, layer: Layer, operators: tuple[str, ...]) -> tuple[pd.DataFrame, list[Notice]]:
    """The rows with operators by their code; one warning per other spelling that is known, an error per unknown one.

    `operators` are the codes of the workspace; with none given, or a layer without operators, the rows stay as they
    are.
    """
    if not operators or "operator" not in layer.names or "operator" not in done:
        return done, []
    given = done["operator"]
    named = {text: operator_named(text, operators) for text in given.dropna().unique()}
    codes = given.map(lambda text: named[text].code or None, na_action="ignore").astype("str")
    rows = pd.Series(sender_rows(given.index), index=given.index)
    notices = [
        read_as(text, found.code, int(rows[given == text].iloc[0]), int((given == text).sum()))
        for text, found in named.items()
        if found.code and not found.exact
    ]
    strange = given.notna() & codes.isna()
    notices += [
        unknown_operator(text, named[text].near, operators, row)
        for row, text in zip(rows[strange], given[strange], strict=True)
    ]
    return done.assign(operator=codes), notices


def operator_named(text: str, operators: tuple[str, ...]) -> Named:
    """The one of the workspace's codes that the text means.

    First the codes themselves, then the known spellings of the operator that a code stands for, as written and without
    the words that only say which unit of it sent the file. Two codes for one operator are told apart by code only.
    """
    said = header_key(text)
    codes = {header_key(code): code for code in operators}
    if said in codes:
        return Named(codes[said], exact=True)
    spelt = _spelt(operators)
    for key in (said, *_without(said)):
        if key in spelt:
            return Named(spelt[key])
    bare = [said, *_without(said)][-1]
    close = get_close_matches(bare, [k for k in (*codes, *spelt) if len(k) > 3], n=1, cutoff=ALIKE)
    return Named("", near={**spelt, **codes}[close[0]] if close else "")


def unknown_operator(text: str, near: str, operators: tuple[str, ...], row: int = 0) -> Notice:
    """The error for a text that means no operator of the workspace, with the one it looks like if there is one."""
    values = (("allowed", ", ".join(operators)), ("value", text), *((("near", near),) if near else ()))
    message = DID_YOU_MEAN if near else MESSAGES["unknown_operator"]
    return Notice("unknown_operator", "error", message, row, "", "operator", text, values)


def read_as(text: str, code: str, row: int = 0, count: int = 1) -> Notice:
    """The warning that a spelling was read as a code; `row` is the first of `count` rows with it, 0 the whole file."""
    values = (("value", text), ("code", code), ("count", str(count)))
    return Notice("operator_read_as", "warning", READ_AS, row, "", "operator", text, values)


@cache
def known_spellings() -> Spellings:
    """All spellings that ship with the product."""
    files = sorted(f.name for f in shipped("operators").iterdir() if f.name.endswith(".yaml"))
    parts = [Spellings.model_validate(yaml.safe_load(shipped_text("operators", name))) for name in files]
    return Spellings(
        source="; ".join(p.source for p in parts),
        operators=[o for p in parts for o in p.operators],
        about=[a for p in parts for a in p.about],
    )


@cache
def _spelt(operators: tuple[str, ...]) -> dict[str, str]:
    """Folded spelling → the workspace's code, for every operator that exactly one code stands for."""
    found: dict[str, str] = {}
    for operator in known_spellings().operators:
        keys = {header_key(s) for s in (operator.id, operator.name, *operator.spellings)}
        codes = [code for code in operators if header_key(code) in keys]
        if len(codes) == 1:
            found |= dict.fromkeys(keys, codes[0])
    return found


def _without(said: str) -> list[str]:
    """The text with words about the sender's unit taken off its ends, one after the other."""
    about = sorted({header_key(a) for a in known_spellings().about}, key=len, reverse=True)
    done = [said]
    while (left := _cut(done[-1], about)) != done[-1]:
        done.append(left)
    return done[1:]


def _cut(said: str, about: list[str]) -> str:
    """The text without the first of the words that stands at its start or end with something beside it."""
    for words in about:
        if said.startswith(f"{words} "):
            return said.removeprefix(f"{words} ")
        if said.endswith(f" {words}"):
            return said.removesuffix(f" {words}")
    return said
