"""Why a value is open or an area fails, as codes that travel with the results and become words where they are shown."""

import json
from collections.abc import Iterable

from geo.indicator import INDICATORS
from geo.layer import LAYERS
from geo.words import Lang, say

REASONS = {
    "layer_absent": "no data for {layer}",
    "not_surveyed": "{layer} not fully surveyed here",
    "not_filed": "{layer} not filed by {who}",
    "neighbour_not_surveyed": "{layer} not surveyed in a neighbouring area within reach",
    "no_row": "no {layer} known for this village",
    "uninhabited": "nobody lives here",
    "unsure_rows": "{layer}: some rows have unknown or old state or place",
    "not_declared": "not declared yet",
    "more_samples": "{n} more samples needed",
    "wired_or_fm": "working clusters here are wired or FM, which do not count",
    "contradicting": "statements of one day contradict each other",
    "no_exact_border": "exact boundary not known here",
    "derived_clusters": "clusters derived from buildings or addresses",
    "not_in_register": "{what} not in the village register",
    "centre_partly_covered": "the surroundings of the centre are only partly covered",
    "weight_unknown": "number of households or cultural houses not known",
    "may_not_apply": "not known whether it applies",
    "none_found": "surveyed: no {layer} here",
    "none_within": "surveyed: no {layer} within {metres} m",
    "villages_failing": "{n} of {of} villages do not pass",
    "villages_unknown": "{n} of {of} villages undecided",
    "no_village_list": "no complete village list",
    "communes_failing": "{n} of {of} communes do not pass",
    "communes_unknown": "{n} of {of} communes undecided",
    "not_applicable": "{why}",
    "target_later": "target for {year}",
    "target_next": "target for {year}: {what}",
    "carried_from": "carried over from the boundaries of {vintage}",
    "part_of_split": "part of a split commune ({names}): only the range is known",
    "divided_by_villages": "split commune divided village by village ({names})",
    "former_communes": "{n} of {of} former communes had it; of the new one it is not known",
    "not_carried": "a value of former communes that says nothing of the new one",
    "former_without_result": "no result for former commune {names}",
}

Code = tuple[str, dict[str, str]]


def code(name: str, **values: object) -> Code:
    """One reason; `KeyError` for a name that is not in `REASONS`."""
    _ = REASONS[name]
    return name, {key: str(value) for key, value in values.items()}


def encode(codes: Iterable[Code]) -> str:
    """JSON list of reasons, "" for none."""
    listed = list(codes)
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")) if listed else ""


def codes(reason: str) -> list[Code]:
    """The reasons that `encode` wrote, none for ""."""
    return [(name, values) for name, values in (json.loads(reason) if reason else [])]


def words(reason: str, lang: Lang = "vi") -> str:
    """The reasons as one sentence part, "" for none."""
    said = [_words(name, values, lang) for name, values in (json.loads(reason) if reason else [])]
    return "; ".join(said)


def _words(name: str, values: dict[str, str], lang: Lang) -> str:
    shown = dict(values)
    if "vintage" in values and lang == "vi":
        shown["vintage"] = "/".join(reversed(values["vintage"].split("-")))
    if values.get("layer") in LAYERS:
        shown["layer"] = in_sentence(getattr(LAYERS[values["layer"]], lang))
    columns = {c.name: c for c in LAYERS["village"].columns} if "what" in values else {}
    if values.get("what") in columns:
        shown["what"] = in_sentence(getattr(columns[values["what"]], lang))
    if name == "not_applicable" and values.get("indicator") in INDICATORS:
        shown["why"] = INDICATORS[values["indicator"]].not_applicable[0 if lang == "vi" else 1]
    return say(REASONS[name], lang, **shown)


def in_sentence(name: str) -> str:
    """A name as it stands inside a sentence: its first letter small, unless its first word is like "BTS" or "Wi-Fi"."""
    first = name.partition(" ")[0]
    return name if any(letter.isupper() for letter in first[1:]) else name[:1].lower() + name[1:]
