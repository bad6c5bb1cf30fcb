"""Which pages stand in the head of every page: those that everybody sees, then those of the role."""

from api.people.access import Role

EVERYBODY = (
    ("/xa", "Communes"),
    ("/thon", "Villages"),
    ("/can-dau-tu", "Villages to invest in"),
    ("/con-thieu-du-lieu", "Data missing"),
    ("/ban-do", "Map"),
)
OWN: dict[Role, tuple[tuple[str, str], ...]] = {}


def own(role: Role) -> tuple[tuple[str, str], ...]:
    """Address and words of the pages that only this role has."""
    return OWN.get(role, ())
