"""CQL2 to a mask: our own list of operators over the columns that the person sees. What is not listed is refused.

Every part is true, false or unknown (what compares with something missing); only what is true is kept.
"""

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from pyproj import CRS

from api.ogc.collections import Array, Collection, Flags
from api.ogc.cql import refused
from api.ogc.filters_space import SPATIAL, spatial
from api.ogc.filters_values import Operand, literal_text, of_property, operand

KNOWN = ("and", "or", "not", "=", "<>", "<", "<=", ">", ">=", "between", "in", "like", "isNull", *SPATIAL)
NO_OPERATOR = "The filter uses {found} at {where}; allowed are: {allowed}."
NOT_LOGICAL = "The filter has {found} at {where}, where something true or false is needed."
TAKES = "The operator {op} at {where} takes {expected} arguments, not {found}."
NO_LIST = "The operator in at {where} takes a property and a list of values."
MOST = 200  # operators in one filter
MOST_COMPARED = 1000  # comparisons, each value of a list being one
TOO_MANY = "The filter has more than {most} parts; ask in several requests."
DIFFERENT = "The filter compares {first} with {second} at {where}; both must be of one kind."


class Truth(NamedTuple):
    """Which rows are surely so, and which surely not; the others are unknown."""

    yes: Flags
    no: Flags


class Filter:
    """A filter over the rows of one collection; `crs` is that of the shapes named in it."""

    def __init__(self, seen: Collection, crs: CRS) -> None:
        self.seen, self.crs, self.size = seen, crs, len(seen.rows)
        self.operators = self.comparisons = 0

    def mask(self, tree: object) -> Flags:
        """Which rows the filter keeps. `Problem` 400 naming the place in the filter that cannot be used."""
        return self.truth(tree, "filter").yes

    def truth(self, node: Any, where: str) -> Truth:  # noqa: ANN401  a tree of JSON values
        """Whether the node is so, for each row."""
        if isinstance(node, bool):
            every = np.full(self.size, node)
            return Truth(every, ~every)
        if isinstance(node, dict) and "property" in node:
            return self._flag(node, where)
        if not isinstance(node, dict) or not isinstance(node.get("op"), str):
            raise refused(literal_text(node), NOT_LOGICAL, where=where, found=literal_text(node))
        op, args = node["op"], node.get("args")
        if op not in KNOWN:
            raise refused(op, NO_OPERATOR, KNOWN, found=op, where=where, allowed=", ".join(KNOWN))
        least, most = ARITY.get(op, (2, 2))
        if not isinstance(args, list) or not least <= len(args) <= most:
            found = len(args) if isinstance(args, list) else 0
            raise refused(op, TAKES, op=op, where=where, expected=f"{least}", found=found)
        return self._applied(op, args, f"{where}.args")

    def _applied(self, op: str, args: list[Any], where: str) -> Truth:
        self.operators += 1
        if self.operators > MOST:
            raise refused(op, TOO_MANY, most=MOST)
        if op in SPATIAL:
            return Truth(*spatial(self.seen, op, args, where, self.crs))
        if op in ("and", "or", "not"):
            return self._joined(op, args, where)
        if op == "isNull":
            return self._missing(args[0], where)
        if op == "between":
            low, high = self._compared(">=", args[:2], where), self._compared("<=", [args[0], args[2]], where)
            return Truth(low.yes & high.yes, low.no | high.no)
        if op == "in":
            return self._listed(args, where)
        return self._like(args, where) if op == "like" else self._compared(op, args, where)

    def _joined(self, op: str, args: list[Any], where: str) -> Truth:
        joined = self.truth(args[0], f"{where}[0]")
        if op == "not":
            return Truth(joined.no, joined.yes)
        for n, arg in enumerate(args[1:], start=1):  # one by one: only two parts are ever in memory
            part = self.truth(arg, f"{where}[{n}]")
            both, either = (joined.yes & part.yes, joined.no | part.no), (joined.yes | part.yes, joined.no & part.no)
            joined = Truth(*(both if op == "and" else either))
        return joined

    def _flag(self, node: Any, where: str) -> Truth:  # noqa: ANN401  a tree of JSON values
        found = of_property(self.seen, node, where)
        if found.kind != "yesno":
            raise refused(literal_text(node), NOT_LOGICAL, where=where, found=literal_text(node))
        return Truth(found.values == 1, found.values == 0)

    def _missing(self, node: Any, where: str) -> Truth:  # noqa: ANN401  a tree of JSON values
        if isinstance(node, dict) and node.get("property") == "geometry":
            at = self.seen.at
            none = (at < 0) | np.isnan(self.seen.table.shapes.bounds[at, 0])
            return Truth(none, ~none)
        missing = of_property(self.seen, node, f"{where}[0]").missing
        return Truth(missing, ~missing)

    def _compared(self, op: str, args: list[Any], where: str) -> Truth:
        first, second = (operand(self.seen, arg, f"{where}[{n}]") for n, arg in enumerate(args))
        if first.kind != second.kind:
            told = {"first": first.told, "second": second.told}
            raise refused(literal_text(args), DIFFERENT, where=where, **told)
        known = np.broadcast_to(~(first.missing | second.missing), self.size)
        self.comparisons += 1
        if self.comparisons > MOST_COMPARED:
            raise refused(op, TOO_MANY, most=MOST_COMPARED)
        yes = np.zeros(self.size, dtype=bool)
        yes[known] = COMPARE[op](_part(first, known), _part(second, known))
        return Truth(yes, known & ~yes)

    def _listed(self, args: list[Any], where: str) -> Truth:
        if not isinstance(args[1], list):
            raise refused(literal_text(args[1]), NO_LIST, where=where)
        found = Truth(np.zeros(self.size, dtype=bool), np.ones(self.size, dtype=bool))
        for one in args[1]:
            part = self._compared("=", [args[0], one], where)
            found = Truth(found.yes | part.yes, found.no & part.no)
        return found

    def _like(self, args: list[Any], where: str) -> Truth:
        text, form = (operand(self.seen, arg, f"{where}[{n}]") for n, arg in enumerate(args))
        if text.kind != "text" or form.kind != "text" or not form.constant:
            raise refused(literal_text(args), DIFFERENT, where=where, first=text.told, second=form.told)
        fits = pattern(str(form.values[0]))
        values = np.broadcast_to(text.values, self.size)
        yes = np.array([v is not None and fits(v) for v in values], dtype=bool)
        return Truth(yes, np.broadcast_to(~text.missing, self.size) & ~yes)


COMPARE: dict[str, Callable[[Array, Array], Any]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
ARITY = {"and": (2, 10_000), "or": (2, 10_000), "not": (1, 1), "isNull": (1, 1), "between": (3, 3)}


def _part(one: Operand, known: Flags) -> Array:
    return one.values if one.constant else one.values[known]


def pattern(form: str) -> Callable[[str], bool]:
    """Whether a text fits a pattern: % is any text, _ one character, a backslash takes the next one as it is.

    Pieces between % are sought one after the other, so that no pattern takes long.
    """
    pieces: list[list[str | None]] = [[]]
    signs = iter(form)
    for sign in signs:
        if sign == "%":
            pieces.append([])
        else:
            pieces[-1].append(None if sign == "_" else next(signs, "\\") if sign == "\\" else sign)
    return lambda text: _fits(text, pieces)


def _fits(text: str, pieces: list[list[str | None]]) -> bool:
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(text) == len(first) and _same(text, 0, first)
    if len(text) < len(first) + len(last) or not _same(text, 0, first):
        return False
    end = len(text) - len(last)
    at = len(first)
    for piece in pieces[1:-1]:
        found = next((n for n in range(at, end - len(piece) + 1) if _same(text, n, piece)), None)
        if found is None:
            return False
        at = found + len(piece)
    return _same(text, end, last)


def _same(text: str, at: int, piece: list[str | None]) -> bool:
    return all(sign is None or text[at + n] == sign for n, sign in enumerate(piece))
