"""Guides of every role: a page, one printed page; and the accounts of the demo, on this computer only."""

import re
import subprocess
from shutil import which

import intake_world as world
import pytest
from conftest import absent
from fastapi.testclient import TestClient

from api.app import create_app
from api.pages.guides import GUIDES
from api.people.access import ROLES
from api.people.trying import FILE, make_trials
from api.settings import Settings

LOCAL = "http://127.0.0.1"
HERE = ("127.0.0.1", 50000)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made = world.with_people(tmp_path_factory.mktemp("guides") / "w", imported=True)
    yield made
    made.close()


@pytest.fixture
def client(workspace):
    with world.client_of(workspace.path) as made:
        yield made


def test_every_role_has_a_guide_whose_pages_are_there(client):
    assert {guide.role for guide in GUIDES} == set(ROLES)
    shown = client.get("/huong-dan").text
    for guide in GUIDES:
        assert f"/huong-dan/{guide.slug}" in shown
        assert client.get(f"/huong-dan/{guide.slug}").status_code == 200


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.slug)
def test_a_guide_is_printed_on_one_page_with_its_letters(client, tmp_path, guide):
    if which("pdftotext") is None:
        absent("pdftotext is not installed: apt install poppler-utils")
    content = client.get(f"/huong-dan/{guide.slug}.pdf").content
    file = tmp_path / "guide.pdf"
    file.write_bytes(content)
    about = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"^Pages: +1$", about, re.MULTILINE)
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    assert "Hạ tầng số" in text and "https://testserver/" in text


def test_accounts_to_try_are_there_for_this_computer_only_and_once(client, workspace):
    assert client.get("/trai-nghiem").status_code == 404
    made = make_trials(workspace)
    assert make_trials(workspace) == made and (workspace.path / FILE).stat().st_mode & 0o777 == 0o600
    assert client.get("/trai-nghiem").status_code == 404  # asked for by another name
    (workspace.path / FILE).unlink()
    again = make_trials(workspace)
    assert {one.login for one in again} == {one.login for one in made} and again != made


@pytest.mark.parametrize(
    ("address", "headers"),
    [("10.0.0.7", {}), ("127.0.0.1", {"x-forwarded-for": "10.0.0.7"}), ("127.0.0.1", {"host": "hatangso.vn"})],
)
def test_accounts_to_try_are_not_shown_to_another_computer_whatever_it_says(workspace, address, headers):
    make_trials(workspace)
    app = create_app(Settings(workspace=workspace.path), hosts={"127.0.0.1", "hatangso.vn"})
    with TestClient(app, base_url=LOCAL, client=(address, 50000)) as client:
        assert client.get("/trai-nghiem", headers=headers).status_code == 404


@pytest.mark.parametrize("role", [role for role in ROLES if role != "public"])
def test_at_this_computer_one_press_signs_in_as_any_role(workspace, role):
    make_trials(workspace)
    with TestClient(
        create_app(Settings(workspace=workspace.path), hosts={"127.0.0.1"}), base_url=LOCAL, client=HERE
    ) as client:
        page = client.get("/trai-nghiem").text
        form = next(part for part in page.split("<form ") if f'value="thu.{role}"' in part)
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        assert client.post("/gui/sessions", data=fields, headers={"origin": LOCAL}).status_code == 200
        me = client.get("/api/v1/me").json()
        assert (me["role"], me["unfinished"]) == (role, [])
