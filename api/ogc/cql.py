"""CQL2 as text or JSON to a plain tree, by the `cql2` parser. What its recursion could not bear is refused before it.

The parser ends the whole process on deep input (its stack overflows), so depth is counted here first.
"""

import json
import re
from typing import Any

import cql2

from api.problems import Problem, Wrong

MOST_BYTES = 20_000
DEEPEST = 64
QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")
CHAIN = re.compile(r"[=<>+*/^%]|-(?!\d)|(?<=\d)-|\b(?:not|div)\b", re.IGNORECASE)
JOINED = re.compile(r"\b(?:and|or)\b|,", re.IGNORECASE)
PLACE = re.compile(r"--> (\d+):(\d+)")
LANGUAGES = ("cql2-text", "cql2-json")
LONG = "The filter has {found} bytes; at most {most} are read. Ask in parts."
DEEP = "The filter is nested deeper than {most}, or chains more than {most} operators without and/or. Make it flatter."
NOT_READ = "The filter cannot be read as {language} at line {line}, character {column}."
NOT_JSON = "The filter cannot be read as cql2-json; a filter looks like {example}"
EXAMPLE = '{"op":"=","args":[{"property":"name"},"Thôn 1"]}'


def refused(part: str, detail: str, options: tuple[str, ...] = (), /, **values: object) -> Problem:
    """The problem of a filter: the part of it that is at fault, a sentence, and what is allowed there."""
    wrong = Wrong(parameter="filter", found=part[:100], allowed=list(options))
    return Problem("bad_query", (wrong,), detail=detail, values=values)


def parsed(text: str, language: str) -> Any:  # noqa: ANN401  a tree of JSON values
    """The filter as CQL2 JSON. `Problem` 400 for what is too long, too deep or cannot be read."""
    size = len(text.encode())
    if size > MOST_BYTES:
        raise refused(text, LONG, found=size, most=MOST_BYTES)
    if _deepest(text) > DEEPEST:
        raise refused(text, DEEP, most=DEEPEST)
    tree = _from_json(text) if language == "cql2-json" else _from_text(text)
    if _depth(tree) > 3 * DEEPEST:
        raise refused(text, DEEP, most=DEEPEST)
    return tree


def _from_text(text: str) -> Any:  # noqa: ANN401  a tree of JSON values
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, ValueError) as error:
        line, column = (PLACE.search(str(error)) or re.match(r"()()", "")).groups()  # type: ignore[union-attr]  # matches
        raise refused(text, NOT_READ, LANGUAGES, language="cql2-text", line=line or "1", column=column or "1") from None


def _from_json(text: str) -> Any:  # noqa: ANN401  a tree of JSON values
    try:
        return cql2.parse_json(json.dumps(json.loads(text))).to_json()
    except (cql2.ParseError, ValueError, RecursionError):
        raise refused(text, NOT_JSON, LANGUAGES, example=EXAMPLE) from None


def _deepest(text: str) -> int:
    """How deep brackets are nested, or how many operators follow each other without and, or, comma or bracket."""
    bare = QUOTED.sub("''", text)
    depth = deepest = 0
    for sign in bare:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    return max([deepest, *(len(CHAIN.findall(part)) for part in JOINED.split(bare))])


def _depth(tree: object) -> int:
    """How deep lists and objects are nested."""
    level, depth = [tree], 0
    while level:
        depth += 1
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [one for part in inner for one in part]
    return depth
