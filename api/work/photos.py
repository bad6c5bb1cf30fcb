"""Photos as evidence: kept by the hash of what was encoded anew, on disk before there is a row of them."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists, func, literal, or_, select, true, update
from sqlalchemy.orm import Session

from api.database import writing
from api.events.intake import PhotoAdded, PhotoErased
from api.ledger import Entry, Event, append
from api.people.access import Person
from api.people.visible import own
from api.problems import Problem
from api.said import retold
from api.store import sha256
from api.tables.claims import Challenge, Cited, Shown
from api.tables.intake import Photo
from api.tables.receipts import Receipt
from api.work.uploads import check_room, made_folder, whose
from api.workspace import Workspace
from geo.errors import InputError
from geo.worker_photo import Photo as Encoded
from geo.worker_photo import reencoded
from geo.write import READ_ONLY, write_bytes

AT_ONCE, WAIT_S = 2, 30.0
reading = BoundedSemaphore(AT_ONCE)


class Refused(Problem):
    """A file that is not taken: the sentence of the error is told in both languages."""

    def _told(self) -> dict[str, str]:
        return {"detail": retold(self.detail, "vi"), "detail_en": retold(self.detail, "en")}


def encoded(path: Path) -> Encoded:
    """The photo in a file, encoded anew elsewhere. `Problem` where it is not taken, or where too many wait."""
    if not reading.acquire(timeout=WAIT_S):
        raise Problem("busy", headers={"retry-after": "10"})
    try:
        return reencoded(path)
    except InputError as error:
        raise Refused("file_refused", detail=str(error)) from error
    finally:
        reading.release()


def path_of(root: Path, digest: str, *, small: bool = False) -> Path:
    """Where a photo, or its small copy, lies."""
    return root / "evidence" / f"{digest}{'.small' if small else ''}.jpg"


def keep_files(root: Path, photo: Encoded) -> str:
    """Both files on disk, where they are not yet; the hash under which they are."""
    digest = sha256(photo.whole)
    made_folder(root / "evidence")
    for content, small in ((photo.small, True), (photo.whole, False)):
        path = path_of(root, digest, small=small)
        if not path.is_file():
            write_bytes(content, path, mode=READ_ONLY)
    return digest


def keep(session: Session, root: Path, person: Person, photo: Encoded, request: str) -> tuple[Photo, Event]:
    """The row and the event of a photo whose files are kept already.

    They are looked for again: erasing another photo with the same content may have removed them meanwhile.
    """
    check_room(session, person, len(photo.whole) + len(photo.small))
    digest, number, salt = keep_files(root, photo), secrets.token_hex(16), secrets.token_hex(32)
    said = PhotoAdded(photo=number, salted=sha256(f"{salt}{digest}".encode()))
    event = append(session, entry(said, person, request))
    made = Photo(
        id=number, account=person.account, whose=whose(person), commune=person.commune, vintage=person.vintage,
        operator=person.operator, sha256=digest, salt=salt, taken_at=photo.taken_at, lon=photo.lon, lat=photo.lat,
        bytes=len(photo.whole) + len(photo.small), width=photo.width, height=photo.height, at=event.at, erased_at=None,
    )  # fmt: skip
    session.add(made)
    return made, event


def entry(said: PhotoAdded | PhotoErased, person: Person, request: str) -> Entry:
    """The event of a photo, in the scope of who sent it."""
    return Entry(
        said, f"photo/{said.photo}", person.actor, commune=person.commune, operator=person.operator, request_id=request
    )


def seen(person: Person) -> ColumnElement[bool]:
    """Which photos somebody sees: those of its own side, and those of cases that it is a party to."""
    scope = own(person)
    mine = scope.clause(Photo.__table__.c.commune, Photo.__table__.c.operator)
    same_vintage = or_(Photo.vintage.is_(None), Photo.vintage == person.vintage) if person.commune else mine
    found: list[ColumnElement[bool]] = [
        mine & same_vintage,
        (Photo.account == person.account) & (Photo.whose == whose(person)),
    ]
    if person.operator:
        found.append(_in_case(Challenge.operator == person.operator))
    if person.commune:
        of_vintage = true() if person.vintage is None else Challenge.vintage == person.vintage  # as cases are seen
        found.append(_in_case((Challenge.commune == person.commune) & of_vintage))
    return or_(*found)


def _in_case(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Photos shown beside an event of such a case, or beside a verification that it names."""
    steps = select(Event.id).where(Event.subject == literal("challenge/") + cast(Challenge.id, Text))
    cited = select(Cited.verification).where(Cited.challenge == Challenge.id)
    beside = or_(Shown.event == Challenge.id, Shown.event.in_(steps), Shown.event.in_(cited))
    return exists(select(Shown.event).where(Shown.photo == Photo.sha256, beside, which).correlate(Photo))


def one(session: Session, person: Person, photo: str) -> Photo:
    """A photo that this person sees, by its id or, as steps of a case name it, by its hash.

    `Problem` where there is none, or it was erased.
    """
    named = Photo.sha256 == photo if len(photo) == len(sha256(b"")) else Photo.id == photo
    found = session.scalars(select(Photo).where(named, seen(person)).order_by(Photo.at).limit(1)).first()
    if found is None:
        raise Problem("not_found")
    if found.erased_at is not None:
        raise Problem("erased")
    return found


def erase(session: Session, person: Person, photo: Photo, why: str, request: str) -> tuple[Event, str | None]:
    """Forget what a photo showed, where and when; its event, and the hash of files that are now nobody's."""
    digest = photo.sha256
    event = append(session, Entry(
        PhotoErased(photo=photo.id, why=why), f"photo/{photo.id}", person.actor, commune=photo.commune,
        operator=photo.operator, request_id=request,
    ))  # fmt: skip
    photo.erased_at = event.at
    photo.sha256 = photo.salt = photo.taken_at = photo.lon = photo.lat = None
    photo.bytes = 0
    session.flush()
    others = session.scalar(select(func.count()).where(Photo.sha256 == digest))
    if digest is None or others:
        return event, None
    session.execute(Shown.__table__.delete().where(Shown.photo == digest))  # type: ignore[attr-defined]
    mended = func.replace(Receipt.body, digest, "")
    session.execute(update(Receipt).where(Receipt.body.contains(digest)).values(body=mended))
    return event, digest


def remove_files(workspace: Workspace, digest: str) -> bool:
    """Remove a photo and its small copy where no row is of them; whether that was so. Nobody keeps one meanwhile."""
    with writing(workspace.engine) as session:
        if session.scalar(select(func.count()).where(Photo.sha256 == digest)):
            return False
        for small in (False, True):
            path_of(workspace.path, digest, small=small).unlink(missing_ok=True)
    return True


def as_item(photo: Photo) -> dict[str, Any]:
    """What is told of a photo."""
    names = ("id", "commune", "operator", "taken_at", "lon", "lat", "bytes", "width", "height", "at", "erased_at")
    return {name: getattr(photo, name) for name in (*names, "sha256")}


def replayed(session: Session) -> Mapping[str, list[dict[str, Any]]]:
    """The table of photos as far as the events say it: who sent which when, and which were erased."""
    rows: dict[str, dict[str, Any]] = {}
    for event in session.scalars(
        select(Event).where(Event.kind.in_(("photo_added", "photo_erased"))).order_by(Event.id)
    ):
        number = event.subject.removeprefix("photo/")
        if event.kind == "photo_added":
            sender = {"account": event.actor.removeprefix("account/"), "commune": event.commune}
            rows[number] = {"id": number, **sender, "operator": event.operator, "at": event.at, "erased_at": None}
        else:
            rows[number]["erased_at"] = event.at
    return {"photo": list(rows.values())}
