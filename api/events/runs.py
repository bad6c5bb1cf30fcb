"""Events about runs: made, published, taken back from the public."""

from datetime import date

from api.events.payload import Payload, Sha256


class RunMade(Payload, kind="run_made"):
    """Results were made from the datasets and rules that are current or named."""

    run: Sha256
    criteria: str
    criteria_sha256: Sha256
    as_of: date
    vintage: date
    datasets: tuple[Sha256, ...]
    results_sha256: Sha256
    code_version: str


class RunPublished(Payload, kind="run_published"):
    """From now on the public sees this run. `files_sha256` is the hash of the list of its published files."""

    run: Sha256
    files_sha256: Sha256


class RunWithdrawn(Payload, kind="run_withdrawn"):
    """The public no longer sees this run; the one published before it speaks again."""

    run: Sha256
    why: str
