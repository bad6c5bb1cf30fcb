"""Every problem code: its HTTP status and its title. Codes are stable; titles are keys of `geo.words`."""

from typing import Any

TITLES: dict[str, tuple[int, str]] = {
    "bad_host": (400, "This address is not served here."),
    "no_idempotency_key": (400, "A request that writes needs the header Idempotency-Key."),
    "bad_query": (400, "A parameter of this request cannot be used."),
    "bad_body": (400, "The body of this request cannot be read."),
    "sign_in": (401, "Sign in to use this."),
    "bad_credentials": (401, "The name, password or key is not right, has ended, or was taken back."),
    "session_ended": (401, "Your session has ended; sign in again."),
    "second_factor": (401, "The code of the second factor is needed, or it is wrong or was used already."),
    "not_for_you": (403, "Your role may not do this."),
    "unfinished": (403, "First change the first password and set up the second factor of this account."),
    "read_only": (403, "An app password only reads."),
    "csrf": (403, "The header X-CSRF-Token is missing or is not that of your session."),
    "https_only": (403, "Signing in needs https, or a browser on the computer of the service."),
    "not_linked": (403, "No account is linked to this identity; ask the admin to link it."),
    "sign_on_failed": (403, "Signing in at the province did not work; begin again."),
    "not_found": (404, "There is nothing at this address."),
    "no_such_tile": (404, "There is no such tile."),
    "not_allowed": (405, "This address does not take this method."),
    "own_report": (403, "Nobody decides on an own report: you had a hand in this case."),
    "unknown_reference": (409, "Something that this names does not exist, or is not yours."),
    "rows_refused": (409, "Rows cannot be taken."),
    "wrong_state": (409, "This step cannot be taken now."),
    "too_late": (409, "The time for this step is over."),
    "already_challenged": (409, "This claim is disputed already."),
    "reason_unfit": (409, "This reason does not fit the claim."),
    "evidence_needed": (409, "Something that this step needs is missing."),
    "day_unfit": (409, "This day cannot be meant."),
    "nothing_to_file": (409, "Nothing can be filed from the current datasets."),
    "other_account": (409, "This was filled in by another account; sign in with that one to send it."),
    "key_reused": (422, "This idempotency key was already used for another request."),
    "bad_account": (409, "The account cannot be made, changed or used like this."),
    "not_the_same": (412, "This is no longer what the condition of the request names."),
    "no_such_part": (416, "The part asked for lies outside of the file."),
    "too_large": (413, "The body of this request is too large."),
    "bad_parameter": (422, "A parameter of this request cannot be used."),
    "quota_full": (413, "There is no room left for your files."),
    "file_refused": (422, "This file cannot be used."),
    "not_yours_to_send": (403, "Your role may not send this."),
    "erased": (410, "This photo was erased."),
    "too_slow": (408, "The file did not arrive in time."),
    "busy": (503, "Too much is being worked on; try again shortly."),
    "plan_unfit": (409, "Such a plan cannot be meant."),
    "changed_meanwhile": (409, "What this rests on was changed meanwhile."),
    "too_many": (429, "Too many requests; wait and try again."),
    "internal": (500, "Something went wrong on our side; it was written to the log."),
    "no_workspace": (503, "The workspace cannot be read."),
    "no_communes": (503, "No communes have been imported yet."),
    "no_run": (503, "No assessment has been made yet."),
    "no_publication": (503, "Nothing has been published yet."),
    "damaged": (503, "The newest assessment cannot be read; it was written to the log."),
}
ABOUT = "A problem document (RFC 9457)"
MEDIA = "application/problem+json"


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says in the OpenAPI document about its problems."""
    schema = {"$ref": "#/components/schemas/Document"}
    return {status: {"description": ABOUT, "content": {MEDIA: {"schema": schema}}} for status in sorted(statuses)}
