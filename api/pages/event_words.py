"""Kinds of events as people call them."""

from geo.words import Lang, say

KINDS = {
    "dataset_current": "a dataset counts", "run_made": "assessment made", "plan_made": "investment plan made",
    "plan_shared": "investment plan shared", "plan_unshared": "sharing of an investment plan ended",
    "run_published": "assessment published", "run_withdrawn": "publication withdrawn", "filing_made": "coverage filed",
    "claim_withdrawn": "filed claims withdrawn", "village_verified": "village verified",
    "evidence_erased": "evidence erased", "challenge_opened": "challenge opened",
    "challenge_answered": "challenge answered", "challenge_decided": "challenge decided",
    "challenge_withdrawn": "challenge withdrawn", "challenge_reopened": "challenge opened again",
    "photo_added": "photo added", "photo_erased": "photo erased", "export_made": "files made to take away",
    "restricted_read": "closed layer read", "share_made": "share link made", "share_revoked": "share link revoked",
    "account_made": "account made", "account_changed": "account changed", "account_disabled": "account disabled",
    "account_enabled": "account enabled", "credential_changed": "password or second factor changed",
    "remark_made": "error or comment reported", "remark_answered": "report of an error answered",
    "app_password_made": "app password made", "app_password_revoked": "app password taken back",
}  # fmt: skip


def kind_words(kind: str, lang: Lang) -> str:
    """A kind of event in words; one that is not known here stays as it is."""
    return say(KINDS.get(kind, kind), lang)
