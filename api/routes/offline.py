"""What makes the pages installable on a phone: the manifest, and the script that keeps a commune's pages there."""

from fastapi import APIRouter, Depends, Request, Response

from api.answers import answer
from api.ledger import canonical
from api.pages.drawing import asset, static_file
from api.people.access import ANYONE

router = APIRouter(include_in_schema=False, dependencies=[Depends(ANYONE)])
SCRIPT = "text/javascript; charset=utf-8"


@router.get("/sw.js")
def service_worker(request: Request) -> Response:
    """The service worker; it stands at the root, as it may only speak for addresses below its own."""
    return answer(request, static_file("sw.js"), SCRIPT, headers={"cache-control": "no-cache"})


@router.get("/manifest.webmanifest")
def manifest() -> Response:
    """The name and icons under which a phone installs the pages."""
    icon = {"type": "image/png", "purpose": "any maskable"}
    icons = [icon | {"src": asset(f"icon-{size}.png"), "sizes": f"{size}x{size}"} for size in (192, 512)]
    text = canonical({
        "name": "Hạ tầng số", "short_name": "Hạ tầng số", "lang": "vi", "id": "/xa-toi", "start_url": "/xa-toi",
        "scope": "/", "display": "standalone", "background_color": "#ffffff", "theme_color": "#12395b", "icons": icons,
    })  # fmt: skip
    return Response(text, media_type="application/manifest+json", headers={"cache-control": "no-cache"})
