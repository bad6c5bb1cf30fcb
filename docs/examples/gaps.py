"""Villages that fail a criterion, read page by page from the service and written as a GeoPackage.

    python docs/examples/gaps.py http://127.0.0.1:8000 mob_village_not_blank gaps.gpkg

With an app password in HATANGSO_KEY it reads what its owner may see, else what is public. Needs httpx and geopandas.
"""

import os
import sys
from collections.abc import Iterator

import geopandas as gpd
import httpx


def features(client: httpx.Client, address: str, **asked: str) -> Iterator[dict]:
    """Features of a collection that fit, following the `next` links to the last page."""
    answer = client.get(address, params={"limit": "1000", **asked})
    while True:
        if answer.is_error:  # a problem document (RFC 9457): what was wrong, in Vietnamese and English
            problem = answer.json()
            sys.exit(f"{answer.status_code} {problem['title']} / {problem['title_en']}\n{problem.get('detail', '')}")
        page = answer.json()
        yield from page["features"]
        after = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not after:
            return
        answer = client.get(after[0])


def main(server: str, criterion: str, target: str) -> None:
    """Read, print how many, write."""
    key = os.environ.get("HATANGSO_KEY")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=server, headers=headers, timeout=60) as client:
        found = list(features(client, "/ogc/collections/villages/items", filter=f"{criterion}_status = 'fail'"))
    print(f"{len(found)} villages fail {criterion}")  # noqa: T201  what the reader asked for
    if found:
        gaps = gpd.GeoDataFrame.from_features(found, crs="EPSG:4326")
        gaps.to_file(target, driver="GPKG")


if __name__ == "__main__":
    main(*sys.argv[1:])
