"""Whether a network package keeps the rules of the Open Fibre Data Standard 0.3 that matter to a map.

Source: network-package-schema.json and network-schema.json of version 0.3.0, and the additional checks of the standard
(ids unique, references that lead somewhere, points and lines where they belong, coordinates in CRS84).
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from geo.notices import Notice

SCHEMA = (
    "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/network-schema.json"
)
CRS84 = {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
STATUS = ("operational", "underConstruction", "planned", "proposed", "inactive", "decommissioned")
MEDIA = ("fibre", "microwave", "copper", "coaxial")
DEPLOYED = ("aboveGround", "belowGround")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str, "yesno": bool, "number": (int, float), "integer": int, "list": list, "object": dict,
}  # fmt: skip
EXAMPLES = {  # the same in every language
    "text": '"…"', "yesno": "true / false", "number": "12.5", "integer": "12", "list": "[ ]", "object": "{ }",
    "date": "2026-10-01", "iri": "https://…",
}  # fmt: skip
NETWORK = {
    "name": "text", "nodes": "list", "spans": "list", "phases": "list", "organisations": "list", "contracts": "list",
    "links": "list", "publisher": "object", "crs": "object", "publicationDate": "date", "collectionDate": "date",
    "accuracy": "number", "accuracyDetails": "text", "language": "text", "website": "iri",
}  # fmt: skip
NODE = {
    "id": "text", "name": "text", "location": "object", "type": "list", "technologies": "list", "power": "yesno",
    "accessPoint": "yesno", "networkProviders": "list", "internationalConnections": "list", "address": "object",
    "physicalInfrastructureProvider": "object", "phase": "object",
}  # fmt: skip
SPAN = {
    "id": "text", "name": "text", "route": "object", "start": "text", "end": "text", "directed": "yesno",
    "darkFibre": "yesno", "fibreCount": "integer", "fibreLength": "number", "capacity": "number",
    "readyForServiceDate": "date", "transmissionMedium": "list", "deployment": "list", "technologies": "list",
    "networkProviders": "list", "physicalInfrastructureProvider": "object", "supplier": "object", "phase": "object",
    "fibreType": "text", "countries": "list",
}  # fmt: skip
PROBLEMS = {
    "no_package": "this is no Open Fibre Data package: an object with a list “networks” of at least one is expected",
    "missing": "{at} is missing; the Open Fibre Data Standard needs it",
    "type": "{at} is {value}; expected is {expected}",
    "code": "{at} is {value}; allowed are: {expected}",
    "empty": "{at} is empty; leave it out or fill it",
    "uuid": "{at} is {value}; the id of a network is a UUID (RFC 4122)",
    "repeated": "{at}: the id {value} stands more than once",
    "reference": "{at} is {value}; none of the {expected} of the network has that id",
    "name": "{at} is {value}; among the {expected} that id has another name",
    "geometry": "{at} is {value}; expected is {expected} with coordinates in degrees",
    "crs": "{at}: coordinates are longitude and latitude, and the network says so by its crs, {expected}",
    "link": "{at}: the first link must describe the schema of version 0.3: {expected}",
    "country": "{at} is missing; an international connection names its country",
}
Problem = tuple[str, str, str, str]  # key of PROBLEMS, where, what was found, what was expected


def ofds_findings(package: object) -> list[Notice]:
    """An error of code `ofds_invalid` for each rule that the package breaks, in its order; none where it is sound."""
    return [
        Notice("ofds_invalid", "error", PROBLEMS[key], 0, "", at, found, _values(at, found, want))
        for key, at, found, want in _problems(package)
    ]


def _values(at: str, found: str, want: str) -> tuple[tuple[str, str], ...]:
    return ("at", at), ("value", found), ("expected", want)


def _problems(package: object) -> Iterator[Problem]:
    networks = package.get("networks") if isinstance(package, dict) else None
    if not isinstance(networks, list) or not networks:
        yield "no_package", "networks", "", ""
        return
    for n, network in enumerate(networks):
        if isinstance(network, dict):
            yield from _network(network, f"networks/{n}")
        else:
            yield _type(f"networks/{n}", network, "object")


def _network(network: dict[str, Any], at: str) -> Iterator[Problem]:
    yield from _id(network, at)
    yield from _fields(network, NETWORK, at)
    yield from _links(network.get("links"), at)
    spatial = False
    for kind, fields, shape in (("nodes", NODE, ("location", "Point")), ("spans", SPAN, ("route", "LineString"))):
        for where, item in _items(network, kind, at):
            spatial |= shape[0] in item
            yield from _missing(item, "id", where)
            yield from _fields(item, fields, where)
            yield from _codes(item, where)
            yield from _geometry(item, *shape, where)
            yield from _countries(item, where)
    for kind in ("nodes", "spans", "phases", "organisations", "contracts"):
        yield from _unique(network, kind, at)
    yield from _references(network, at)
    if spatial and network.get("crs") != CRS84:
        yield "crs", f"{at}/crs", "", CRS84["name"]


def _id(network: dict[str, Any], at: str) -> Iterator[Problem]:
    if "id" not in network:
        yield "missing", f"{at}/id", "", ""
        return
    try:
        UUID(str(network["id"]))
    except ValueError:
        yield "uuid", f"{at}/id", _short(network["id"]), ""


def _fields(item: dict[str, Any], fields: dict[str, str], at: str) -> Iterator[Problem]:
    """What has another type than the schema says, or is empty."""
    for name, kind in fields.items():
        if name not in item:
            continue
        value, where = item[name], f"{at}/{name}"
        if kind in ("date", "iri"):
            fits = isinstance(value, str) and bool(DAY.fullmatch(value) if kind == "date" else ":" in value)
        else:
            fits = isinstance(value, TYPES[kind]) and (kind == "yesno" or not isinstance(value, bool))
        if not fits:
            yield _type(where, value, kind)
        elif value in ("", [], {}):
            yield "empty", where, "", ""


def _type(at: str, value: object, kind: str) -> Problem:
    return "type", at, _short(value), EXAMPLES[kind]


def _links(links: object, at: str) -> Iterator[Problem]:
    if links is None:
        yield "missing", f"{at}/links", "", ""
    elif isinstance(links, list):
        first = links[0] if links and isinstance(links[0], dict) else {}
        if first.get("rel") != "describedby" or first.get("href") != SCHEMA:
            yield "link", f"{at}/links/0", "", SCHEMA


def _items(network: dict[str, Any], kind: str, at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of one list with the place of each; what is no object is left out."""
    found = network.get(kind)
    for n, item in enumerate(found if isinstance(found, list) else []):
        if isinstance(item, dict):
            yield f"{at}/{kind}/{n}", item


def _missing(item: dict[str, Any], name: str, at: str) -> Iterator[Problem]:
    if name not in item:
        yield "missing", f"{at}/{name}", "", ""


def _codes(item: dict[str, Any], at: str) -> Iterator[Problem]:
    """Values outside the closed code lists."""
    for name, allowed in (("status", STATUS), ("transmissionMedium", MEDIA), ("deployment", DEPLOYED)):
        found = item.get(name)
        for value in found if isinstance(found, list) else [found] if found is not None else []:
            if value not in allowed:
                yield "code", f"{at}/{name}", _short(value), ", ".join(allowed)


def _geometry(item: dict[str, Any], name: str, kind: str, at: str) -> Iterator[Problem]:
    shape = item.get(name)
    if not isinstance(shape, dict):
        return
    given = shape.get("coordinates")
    positions = given if kind == "LineString" else [given]
    if shape.get("type") != kind or not isinstance(positions, list):
        yield "geometry", f"{at}/{name}", _short(shape.get("type")), kind
    elif (kind == "LineString" and len(positions) < 2) or not all(_in_degrees(p) for p in positions):
        yield "geometry", f"{at}/{name}", _short(given), kind


def _in_degrees(position: object) -> bool:
    """Whether it is longitude and latitude in degrees, maybe with a height."""
    if not isinstance(position, list) or len(position) < 2:
        return False
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) for n in position)
    return numbers and abs(position[0]) <= 180 and abs(position[1]) <= 90


def _countries(item: dict[str, Any], at: str) -> Iterator[Problem]:
    for where, address in _items(item, "internationalConnections", at):
        yield from (("country", *p[1:]) for p in _missing(address, "country", where))


def _unique(network: dict[str, Any], kind: str, at: str) -> Iterator[Problem]:
    ids = Counter(str(item["id"]) for _, item in _items(network, kind, at) if "id" in item)
    for value, count in ids.items():
        if count > 1:
            yield "repeated", f"{at}/{kind}", _short(value), ""


def _references(network: dict[str, Any], at: str) -> Iterator[Problem]:
    """Ends of spans that are no node, and organisations and phases that are not listed or have another name."""
    known = {
        kind: {str(i.get("id")): i.get("name") for _, i in _items(network, kind, at)}
        for kind in ("nodes", "organisations", "phases")
    }
    for where, span in _items(network, "spans", at):
        for end in ("start", "end"):
            if isinstance(span.get(end), str) and span[end] not in known["nodes"]:
                yield "reference", f"{where}/{end}", _short(span[end]), "nodes"
    lists = (("nodes", "phase"), ("spans", "phase"), ("contracts", "relatedPhases"), ("phases", "funders"))
    firms = tuple((k, f) for k in ("nodes", "spans") for f in ("physicalInfrastructureProvider", "networkProviders"))
    for kind, field in (*lists, *firms, ("spans", "supplier")):
        target = "phases" if field in ("phase", "relatedPhases") else "organisations"
        for where, item in _items(network, kind, at):
            given = item.get(field)
            for said in given if isinstance(given, list) else [given]:
                yield from _reference(said, known[target], f"{where}/{field}", target)


def _reference(said: object, known: dict[str, Any], at: str, kind: str) -> Iterator[Problem]:
    if not isinstance(said, dict) or "id" not in said:
        return
    if str(said["id"]) not in known:
        yield "reference", at, _short(said["id"]), kind
    elif said.get("name", known[str(said["id"])]) != known[str(said["id"])]:
        yield "name", at, _short(said["name"]), kind


def _short(value: object) -> str:
    """A JSON value as it stands in a message."""
    said = str(value)
    return f"“{said if len(said) <= 60 else said[:59] + '…'}”"
