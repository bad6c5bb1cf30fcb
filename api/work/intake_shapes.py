"""What intake over HTTP takes and answers: bodies that refuse unknown members, and shapes for the OpenAPI document."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

import geo.layers  # noqa: F401  registers them all
from api.work.uploads import SUFFIXES
from geo.layer import LAYERS
from geo.read_signal import MEANINGS

STRICT = ConfigDict(extra="forbid", frozen=True)
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="An id that this service gave.")]
PhotoId = Annotated[str, Path(pattern="^([0-9a-f]{32}|[0-9a-f]{64})$", description="Its id or its SHA-256.")]
IdText = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Word = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Header = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
ONLY: dict[str, JsonValue] = {"additionalProperties": False}  # keys of another pattern are refused
NUMBER = r"-?[0-9]{1,40}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?"
ENDINGS = "|".join("".join(f"[{c}{c.upper()}]" for c in suffix[1:]) for suffix in SUFFIXES)
Code = Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9_-]*$")]


def _alone(given: object) -> object:
    """`["none"]` as `none`: a form whose answers are one list says it so."""
    return given[0] if given in (["none"], ["all"]) and isinstance(given, list) else given


Areas = Annotated[
    Literal["all", "none"] | Annotated[list[Code], Field(max_length=10_000)] | None, BeforeValidator(_alone)
]


class Strict(BaseModel):
    """A body with these members and no other."""

    model_config = STRICT


class UploadQuery(Strict):
    """How the sender calls the file; its ending says what it is thought to be, its content decides."""

    name: Annotated[
        str, Field(min_length=1, max_length=200, json_schema_extra={"pattern": rf"\.({ENDINGS})$"})
    ]  # another ending is refused by the route, which names them all


class Options(Strict):
    """What the file does not say about its rows, as the options of `hatangso import`."""

    sublayer: Word = ""
    where: Annotated[dict[Header, Word], Field(max_length=20, json_schema_extra=ONLY)] = {}
    map: Annotated[dict[Code, Header], Field(max_length=100, json_schema_extra=ONLY)] = {}
    set: Annotated[dict[Code, Word], Field(max_length=100, json_schema_extra=ONLY)] = {}
    crs: Annotated[str, Field(max_length=40, pattern="^([A-Za-z]+:[0-9]+)?$")] = ""
    nodata: Annotated[str, Field(max_length=60, pattern=rf"^(({'|'.join(MEANINGS)})(:{NUMBER})?|{NUMBER})?$")] = ""


class CheckBody(Strict):
    """A file to be looked through: nothing of it is kept.

    What only an import states (`provider` and what follows) may stand here too and is passed over, so that the same
    body asks for the check and then for the import.
    """

    upload: IdText
    layer: Annotated[str, Field(max_length=40, pattern="^[a-z_]+$", json_schema_extra={"enum": sorted(LAYERS)})]
    as_of: date | None = None
    vintage: date | None = None
    operators: Annotated[list[Code], Field(max_length=20)] = []
    technologies: Annotated[list[Code], Field(max_length=20)] = []
    options: Options = Options()
    fixed: Literal["", "gpkg", "geojson", "xlsx", "csv"] = ""
    lang: Literal["vi", "en"] = "vi"
    provider: Word = ""
    complete_for: Areas = None
    part: Code = ""
    published: bool = False
    none_here: bool = False


class ImportBody(CheckBody):
    """A file to be imported. `complete_for` is `all`, `none` or codes of units; `provider` is forced but for planners.

    `published`: results that show the sender's data may be public.
    """

    as_of: date
    accept_good_rows: bool = False


class RunBody(Strict):
    """An assessment of what is current."""

    criteria: Annotated[str, Field(max_length=60, pattern="^[a-z0-9-]+$")]
    as_of: date
    vintage: date | None = None
    anyway: bool = False
    also: Annotated[str, Field(max_length=60, pattern="^[a-z0-9-]*$")] = "planning"


class ExportBody(Strict):
    """Files of a run for the asker's audience; the newest run that the asker sees without `run`."""

    run: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    formats: Annotated[list[Literal["gpkg", "xlsx", "geojson", "csv"]], Field(min_length=1, max_length=4)] = ["xlsx"]
    lang: Literal["vi", "en"] = "vi"


class PublishBody(Strict):
    """The run that everybody is to see."""

    run: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Erasing(Strict):
    """Why a photo is erased; no names."""

    why: Annotated[str, Field(min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


class UploadAbout(BaseModel):
    """A file in quarantine."""

    upload: str
    name: str
    sha256: str
    bytes: int
    at: str


class UploadList(BaseModel):
    """A page of one's own uploads, newest first."""

    items: list[UploadAbout]
    total: int


class PhotoAbout(BaseModel):
    """A photo. Degrees on WGS 84 and time (UTC) as the camera said; missing where it said nothing."""

    id: str
    commune: str | None
    operator: str | None
    sha256: str | None
    taken_at: str | None
    lon: float | None
    lat: float | None
    bytes: int
    width: int
    height: int
    at: str
    erased_at: str | None


class PhotoMade(PhotoAbout):
    """A photo that was just kept, and the event that says so."""

    event: int
    hash: str


class Erased(BaseModel):
    """The event of an erasure."""

    photo: str
    event: int
    hash: str
    at: str


class JobAbout(BaseModel):
    """A job: where it is, what it is doing (English and Vietnamese), what came of it, or why it failed."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: int
    doing: str
    doing_vi: str
    attempts: int
    at: str
    ended_at: str | None
    result: dict[str, Any] | None
    problem: dict[str, Any] | None
    cancel: bool
    seq: int


class JobList(BaseModel):
    """A page of jobs, newest first."""

    items: list[JobAbout]
    total: int


class Notices(BaseModel):
    """A page of what was found in a file."""

    items: list[dict[str, Any]]
    total: int
