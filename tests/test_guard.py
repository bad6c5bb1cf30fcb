"""What holds for every request before any route: the length that it states of its body."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.guard import BODY
from api.settings import Settings


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The service without a workspace: nothing of it is needed to refuse."""
    app = create_app(Settings(workspace=tmp_path_factory.mktemp("guard") / "none"), hosts=["testserver"])
    return TestClient(app, raise_server_exceptions=False)


def refusal(client, stated: str, path="/api/v1/sessions") -> tuple[int, str]:
    answer = client.post(path, content=b"12345", headers={"content-length": stated})
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("stated", ["+5", "-5", "0x5", "5 5", "5_5", "5,5", "5.0", "1e1", "", " ", "x", "9" * 19])
def test_a_length_that_is_no_plain_number_is_refused(client, stated):
    assert refusal(client, stated) == (400, "bad_body")


@pytest.mark.parametrize(
    ("stated", "path", "refused"),
    [
        (f"{BODY + 1}", "/api/v1/sessions", True), (f"{BODY}", "/api/v1/sessions", False),
        ("9" * 18, "/api/v1/sessions", True), ("0005", "/api/v1/sessions", False),
        (f"{BODY + 1}", "/api/v1/photos", False), ("20000001", "/api/v1/photos", True),
    ],
)  # fmt: skip
def test_a_length_beyond_what_the_route_takes_is_refused_before_a_byte_is_read(client, stated, path, refused):
    assert (refusal(client, stated, path) == (413, "too_large")) is refused
