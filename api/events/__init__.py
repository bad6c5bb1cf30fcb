"""Kinds of events in the ledger: one file per subject. Importing this package registers them all."""

from importlib import import_module
from pkgutil import iter_modules

from api.events.datasets import DatasetCurrent as DatasetCurrent
from api.events.payload import KINDS as KINDS
from api.events.payload import Payload as Payload
from api.events.payload import Sha256 as Sha256
from api.events.runs import RunMade as RunMade
from api.events.runs import RunPublished as RunPublished
from api.events.runs import RunWithdrawn as RunWithdrawn

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")
