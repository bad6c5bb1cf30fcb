"""Who may send which layer over HTTP, as whom, and about which units: from a request body to what is read.

Only planners name a provider. For all others it is their own, and every row is compared with their scope.
"""

import json
import os
import shutil
from datetime import date
from pathlib import Path

import geo.layers  # noqa: F401  registers them all
from api.errors import UnstatedError
from api.opening import Sent
from api.people.access import Person
from api.problems import Problem, unknown
from api.province import holds
from api.work.intake_shapes import CheckBody, ImportBody
from geo.columns import ReadOptions
from geo.completeness import Said
from geo.foreign import Mine
from geo.layer import LAYERS, Layer
from geo.limits import UPLOAD
from geo.read_signal import MEANINGS

OF_COMMUNES = ("declared_item", "household_internet", "key_place", "loudspeaker", "support_point", "wifi")
POLICE = "cong-an"
OPERATORS_LAYERS = "An operator sends layers that are stated by operator: {layers}."
COMMUNES_LAYERS = "A commune sends what it keeps itself: {layers}."
POLICES_LAYERS = "The police send cameras."
OWN_COMMUNE = "A commune says for itself only where a file is complete: none, or its own code {code}."
OWN_PROVIDER = "Files of your account are of provider {provider}; leave provider away."
OWN_OPERATOR = "You send for operator {operator} only; leave operators away."
NOT_PUBLISHED = "Only operators and planners say whether data are published."
NO_SET = "The column {column} cannot be set for rows that you send; leave it away."
OLD_VINTAGE = "The boundaries of {vintage} do not hold today; name today's units and leave vintage away."
NO_VINTAGE = "Layer {layer} needs the vintage of its units."
NO_PROVIDER = "Say in provider who sent the file."


def layers_of(person: Person) -> list[str]:
    """Names of the layers that somebody may send."""
    if person.role == "planner":
        return sorted(LAYERS)
    if person.role == "operator" and person.operator:
        return sorted(name for name, layer in LAYERS.items() if "operator" in layer.per)
    if person.role == "commune" and person.commune:
        return sorted(OF_COMMUNES)
    return ["camera"] if person.role == "police" else []


def check_may_send(person: Person, body: CheckBody) -> None:
    """`Problem` for a layer, a provider, an operator or a statement that is not this person's to send."""
    if body.layer not in LAYERS:
        raise unknown("layer", body.layer, layers_of(person))
    if body.layer not in layers_of(person):
        text = {"operator": OPERATORS_LAYERS, "commune": COMMUNES_LAYERS}.get(person.role, POLICES_LAYERS)
        raise Problem("not_yours_to_send", detail=text, values={"layers": ", ".join(layers_of(person))})
    layer = LAYERS[body.layer]
    if layer.unit and body.vintage is None:
        raise Problem("evidence_needed", detail=NO_VINTAGE, values={"layer": layer.name})
    empty_cells(body.options.nodata)
    if person.role != "planner":
        _check_scope(person, body)
    if isinstance(body, ImportBody):
        _check_statement(person, body, layer)


def _check_scope(person: Person, body: CheckBody) -> None:
    for column in ("operator", "commune_code", "commune_name", "provider"):
        if column in body.options.set:
            raise Problem("not_yours_to_send", detail=NO_SET, values={"column": column})
    if body.vintage is not None and not holds(body.vintage, date.today(), ()):
        raise Problem("not_yours_to_send", detail=OLD_VINTAGE, values={"vintage": body.vintage.isoformat()})
    if person.operator and any(o != person.operator for o in body.operators):
        raise Problem("not_yours_to_send", detail=OWN_OPERATOR, values={"operator": person.operator})


def _check_statement(person: Person, body: ImportBody, layer: Layer) -> None:
    own = provider_of(person)
    if own is None:
        if not body.provider.strip() and not layer.unit:
            raise Problem("evidence_needed", detail=NO_PROVIDER)
        return
    if body.provider.strip() not in ("", own):
        raise Problem("not_yours_to_send", detail=OWN_PROVIDER, values={"provider": own})
    if body.published and person.role != "operator":
        raise Problem("not_yours_to_send", detail=NOT_PUBLISHED)
    if person.commune and body.complete_for not in (None, "none", [person.commune]):
        raise Problem("not_yours_to_send", detail=OWN_COMMUNE, values={"code": person.commune})


def provider_of(person: Person) -> str | None:
    """The provider under which somebody's files stand; missing for planners, who name it."""
    if person.role == "planner":
        return None
    if person.role == "operator":
        return person.operator
    return f"xa-{person.commune}" if person.role == "commune" else POLICE


def sent(person: Person, body: CheckBody, file: Path) -> Sent:
    """The file and all that its sender may say of it, in the limits of uploads."""
    check_may_send(person, body)
    layer, importing = LAYERS[body.layer], body if isinstance(body, ImportBody) else None
    provider = provider_of(person) or (importing.provider.strip() if importing else "")
    return Sent(
        file=file,
        layer=layer,
        provider=provider,
        as_of=body.as_of or body.vintage or date.today(),
        complete_for=_areas(importing) if importing else "none",
        vintage=None if person.commune else body.vintage,
        part=importing.part if importing else "",
        published=importing.published if importing else False,
        options=_options(person, body, layer),
        operators=(person.operator,) if person.operator else tuple(body.operators),
        technologies=tuple(body.technologies),
        said=said_of(body),
        none_here=importing.none_here if importing else False,
        limits=UPLOAD,
        mine=mine(person),
    )


def mine(person: Person) -> Mine | None:
    """Whose rows somebody may send; missing: everybody's."""
    if person.operator:
        return Mine(operator=person.operator)
    return Mine(commune=person.commune, vintage=person.vintage) if person.commune else None


def _areas(body: ImportBody) -> Said | None:
    return body.complete_for if body.complete_for else None


def _options(person: Person, body: CheckBody, layer: Layer) -> ReadOptions:
    """As asked; rows that name no operator are of the sender's own."""
    empty, nodata = empty_cells(body.options.nodata)
    set_to = dict(body.options.set)
    if layer.geometry == "raster":
        named = {"operator": body.operators, "technology": body.technologies}
        set_to |= {c: named[c][0] for c in layer.per if len(named[c]) == 1 and c not in set_to}
    if person.operator:
        set_to["operator"] = person.operator
    return ReadOptions(
        sublayer=body.options.sublayer,
        where=tuple(body.options.where.items()),
        rename=tuple(body.options.map.items()),
        set_to=tuple(set_to.items()),
        crs=body.options.crs,
        nodata=nodata,
        empty=empty,
    )


def empty_cells(text: str) -> tuple[str, float | None]:
    """What a raster cell without value means, and the cell value of such a cell; `Problem` where it is neither."""
    meaning, _, value = text.partition(":") if text.partition(":")[0] in MEANINGS else ("", "", text)
    try:
        return meaning, float(value) if value.strip() else None
    except ValueError:
        raise unknown("nodata", text, [*MEANINGS, "-9999"]) from None


def said_of(body: CheckBody) -> tuple[tuple[str, str], ...]:
    """What was asked, as text, for the record of where a dataset came from."""
    given = body.model_dump(mode="json", exclude_defaults=True, exclude={"upload", "fixed", "lang"})
    return tuple((name, v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)) for name, v in given.items())


def lent(file: Path, folder: Path, name: str) -> Path:
    """The bytes of an upload under the sender's own name, in the folder of a job; `UnstatedError` where it is gone."""
    if not file.is_file():
        raise UnstatedError("the upload was deleted before it was read; send the file again")
    folder.mkdir(parents=True, exist_ok=True)
    to = folder / name
    to.unlink(missing_ok=True)
    try:
        os.link(file, to)
    except OSError:  # a file system without links
        shutil.copyfile(file, to)
    return to
