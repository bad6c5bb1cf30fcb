"""Events about investment plans."""

from api.events.payload import Payload, Sha256


class PlanMade(Payload, kind="plan_made"):
    """A plan was made from a run. `files_sha256` is the hash of what its plan.json says of its files."""

    plan: Sha256
    run: Sha256
    costs: str
    costs_sha256: Sha256
    files_sha256: Sha256


class PlanShared(Payload, kind="plan_shared"):
    """Operators and communes see their part of a plan."""

    plan: Sha256


class PlanUnshared(Payload, kind="plan_unshared"):
    """They see it no more."""

    plan: Sha256
