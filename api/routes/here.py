"""What routes ask for: the newest run as the public may see it, and the workspace it lies in."""

from typing import Annotated

from fastapi import Depends, Request

from api.public import Public, Shelf


def shelf(request: Request) -> Shelf:
    """The shelf of this service."""
    found: Shelf = request.app.state.shelf
    return found


def latest(request: Request) -> Public:
    """The newest run; `Problem` where there is none yet."""
    return shelf(request).latest()


OnShelf = Annotated[Shelf, Depends(shelf)]
Latest = Annotated[Public, Depends(latest)]
