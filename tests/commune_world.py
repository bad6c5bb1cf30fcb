"""A served workspace with people of both communes and what the operator alfa claims in three villages."""

from datetime import UTC, datetime
from pathlib import Path

import claims_world
import people
from served import assess_it, filled

from api.assessing import PLANNING
from api.claims.filing import file_rows
from api.workspace import Workspace

CLAIMED = (
    {"village": "v1", "service": "mobile", "technology": "4G", "served": True},
    {"village": "v2", "service": "mobile", "technology": "4G", "served": True},
    {"village": "v2", "service": "fibre", "technology": "", "served": False},
    {"village": "v3", "service": "mobile", "technology": "4G", "served": True},
)


def with_claims(folder: Path, *, passwords: tuple[str, ...] = ()) -> tuple[Workspace, str]:
    """The workspace, and the filing whose claims are `<filing>.1` to `<filing>.4`. Two people are of commune 00001."""
    made = filled(folder)
    assess_it(made, folder, also=PLANNING)  # whose layers nobody has sent yet
    posts = people.POSTS | {"commune_1b": people.POSTS["commune_1"]}
    for name, post in posts.items():
        people.make_person(made, name, post, password=people.PASSWORD if name in passwords else None)
    at = claims_world.Desk(made, claims_world.OPERATOR, datetime.now(UTC), "account/op")
    rows = claims_world.FilingBody.model_validate({"rows": CLAIMED}).rows
    return made, str(claims_world.do(file_rows, at, None, rows, accept_good_rows=False).event.id)
