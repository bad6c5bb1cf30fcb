"""Errors that stop work. Bad rows are notices, not errors."""


class GeoError(Exception):
    """Base of every error raised on purpose."""


class CRSError(GeoError):
    """A frame has no CRS, or frames that must agree do not."""


class InputError(GeoError):
    """A file cannot be used at all: unreadable, wrong geometry, missing column, nothing to go by.

    `code` is stable and documented in docs/notices.md.
    """

    code = "unusable"


class VintageError(GeoError):
    """Units of different boundary vintages meet without a crosswalk."""


class CriteriaError(GeoError):
    """A criteria file names something that does not exist or does not fit."""


class PlanError(GeoError):
    """Costs or inputs of a plan do not fit: missing, negative, contradicting one another."""
