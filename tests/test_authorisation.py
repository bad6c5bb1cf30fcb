"""Who may do what: every role x route x method x own/other/none, generated from the service's own documents.

`ORACLE` is written from the table of roles in the design, not from what the routes declare.
"""

import json
import re
from collections import Counter
from functools import cache

import pytest
from people import key, signed_in
from planted import NAMES, Planted
from planted_plan import FIRST_SEEN, SECOND_SEEN

from api.people.access import routes_of

pytestmark = pytest.mark.xdist_group("planted")  # its workspace is made once

P, C, O, R, L, A, D = "public", "commune", "operator", "planner", "police", "auditor", "admin"  # noqa: E741
SIGNED = {C, O, R, L, A, D}
EVERYBODY = SIGNED | {P}
TABLE = """
all     GET / /xa /thon /xa/{area} /thon/{area} /can-dau-tu /con-thieu-du-lieu /xa.csv /thon.csv /can-dau-tu.csv
all     GET /xa.xlsx /thon.xlsx /can-dau-tu.xlsx /con-thieu-du-lieu.xlsx /tim
all     GET /con-thieu-du-lieu.csv /ban-do /ban-do/{name} /ban-do/du-lieu/{run}.json /tai-ve/{form}/{name}
all     GET /static/{name} /favicon.ico
all     GET /health /health/ready /openapi.json /api/v1/communes.geojson /api/v1/villages.geojson /api/v1/results
all     GET /api/v1/needs /api/v1/missing /api/v1/runs /api/v1/runs/{run} /s/{token}/ /s/{token}/{path}
all     GET /publications /publications/latest/{path} /publications/{run}/{path} /auth/oidc/start /auth/oidc/callback
all     POST /api/v1/sessions
all     GET /dang-nhap /huong-dan /huong-dan/{slug} /huong-dan/{slug}.pdf /trai-nghiem
all     GET /sw.js /manifest.webmanifest
signed  GET /tai-khoan
C       GET /xa-toi /xa-toi/thon/{village} /xa-toi/khai-bao
C       POST /api/v1/declarations
all     GET /tien-do
signed  GET /du-lieu/viec/{job}
signed  POST /gui/{step}
signed  POST /api/v1/sessions/second-factor /api/v1/me/password /api/v1/me/second-factor
signed  POST /api/v1/me/second-factor/removal /api/v1/app-passwords
signed  PUT /api/v1/me/email
signed  DELETE /api/v1/sessions /api/v1/me/sessions /api/v1/app-passwords/{app_password} /api/v1/jobs/{job}
signed  GET /api/v1/me /api/v1/app-passwords /api/v1/events/head /api/v1/jobs /api/v1/jobs/{job}
signed  GET /api/v1/jobs/{job}/events /api/v1/jobs/{job}/notices /api/v1/jobs/{job}/files/{name}
signed  GET /api/v1/photos/{photo} /api/v1/photos/{photo}/about /api/v1/photos/{photo}/thumbnail
D       GET /quan-tri /quan-tri/{account}
D       GET /metrics /api/v1/accounts /api/v1/accounts/{account}
D       POST /api/v1/accounts /api/v1/accounts/{account}/password /api/v1/evidence/{number}/erasure
D       PATCH /api/v1/accounts/{account}
D       DELETE /api/v1/accounts/{account}/sessions
A       GET /api/v1/events /nhat-ky /nhat-ky.csv
L       GET /camera
R       GET /danh-gia /danh-gia/so-sanh /danh-gia/so-sanh.csv /cong-bo
R       POST /api/v1/comparisons /api/v1/datasets/current /api/v1/datasets/withdrawals
CORA    GET /api/v1/claims /api/v1/challenges /api/v1/challenges/{number} /api/v1/filings /api/v1/filings/{number}
CORA    GET /api/v1/remarks /bao-sai
COR     POST /api/v1/remarks
R       POST /api/v1/remarks/{number}/answer
CORA    GET /api/v1/verifications /api/v1/verifications/{number}
COR     GET /api/v1/waiting /viec
CORA    GET /phan-anh /phan-anh.csv /phan-anh/{number}
O       GET /vung-lom /vung-lom.csv /vung-lom.{form}
OR      GET /ke-khai /ke-khai/{number}
OR      POST /api/v1/filings /api/v1/filings/from-datasets /api/v1/filings/{number}/withdrawal
OR      POST /api/v1/filings/from-table
CR      POST /api/v1/verifications /api/v1/challenges
O       POST /api/v1/challenges/{number}/answer
C       POST /api/v1/challenges/{number}/withdrawal
COR     POST /api/v1/challenges/{number}/reopening /api/v1/photos
R       POST /api/v1/challenges/{number}/decision /api/v1/decisions /api/v1/runs /api/v1/jobs/publications
R       POST /api/v1/publications /api/v1/shares /api/v1/plans
COR     GET /api/v1/plans /api/v1/plans/{plan} /api/v1/plans/{plan}/items /api/v1/plans/{plan}/files
COR     GET /api/v1/plans/{plan}/files/{name} /ke-hoach /ke-hoach/{plan}
COR     GET /ke-hoach/{plan}/hang-muc.csv /ke-hoach/{plan}/hang-muc.xlsx
R       PUT /api/v1/plans/{plan}/shared
R       GET /ke-hoach/moi /ke-hoach/so-sanh /api/v1/plan-comparisons /api/v1/plan-comparisons/files/{name}
R       GET /api/v1/shares
R       DELETE /api/v1/publications/{run} /api/v1/shares/{link}
CORL    GET /du-lieu /du-lieu/lop /du-lieu/mau/{layer}.xlsx
CORL    POST /api/v1/checks /api/v1/imports /api/v1/uploads
CORL    GET /api/v1/uploads /api/v1/uploads/{upload}
CORL    DELETE /api/v1/uploads/{upload}
CORLA   POST /api/v1/exports
RD      DELETE /api/v1/photos/{photo}
"""
SETS = {"all": EVERYBODY, "signed": SIGNED}
LETTERS = {"P": P, "C": C, "O": O, "R": R, "L": L, "A": A, "D": D}
ORACLE = {f"{method} {path}": SETS.get(who) or {LETTERS[letter] for letter in who}
          for who, method, *paths in (line.split() for line in TABLE.strip().splitlines()) for path in paths}  # fmt: skip
# parameter → who sees an object besides its owner; for what the communes dispute see `readers`
BESIDES = {"account": {D}, "app_password": {D}, "upload": set(), "job": {R}, "photo": {R, A}}
BODIES = {
    "answer": {"answer": "concede"}, "decision": {"verdict": "uphold", "note": "x"}, "withdrawal": {}, "reopening": {},
    "erasure": {"why": "law"},
}  # fmt: skip
MISSING = {"account": "0" * 32, "app_password": "0" * 32, "upload": "0" * 32, "job": "0" * 32, "photo": "0" * 32,
           "plan": "0" * 64,
           "number": str(2**40)}  # fmt: skip
PAGES = {"challenges": "/phan-anh/", "filings": "/ke-khai/"}  # where pages show the same objects
ENDS = {"DELETE /api/v1/sessions", "DELETE /api/v1/me/sessions"}  # these end the session that asks


def role_of(name: str) -> str:
    """commune_1 → commune."""
    return name.partition("_")[0]


def allowed(route: str) -> set[str]:
    """Roles of a route; everything under /ogc is for everybody, and shows to each what it may see."""
    return EVERYBODY if route.startswith("GET /ogc") else ORACLE[route]


@pytest.fixture(scope="module")
def world(planted_world) -> Planted:
    return planted_world


@pytest.fixture(scope="module")
def client(planted_client):
    return planted_client


def routes(client) -> list[str]:
    """Every method and path of the service, those of its document and those outside of it."""
    return sorted({f"{method} {re.sub(':path', '', route.path)}" for route in routes_of(client.app)
                   for method in route.methods or ()})  # fmt: skip


def documented(client) -> set[str]:
    """Every method and path of the OpenAPI document."""
    paths = client.get("/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def ask(client, world, name, route, path=None, **more):
    """The answer to a person, without what names the request."""
    method, given = route.split(" ")
    body = BODIES.get(given.rsplit("/", 1)[-1]) if "{number}" in given else {}
    headers = {"origin": "https://testserver"} | world.headers[name] | more.pop("headers", key())
    answer = client.request(
        method, path or given, headers=headers, **({"json": body} if method in ("POST", "PATCH") else {})
    )
    if route in ENDS and name != "public":
        world.headers[name] = signed_in(world.workspace, name)
    client.cookies.clear()
    return answer


def same(answer) -> tuple:
    """What two answers must have in common to be told apart by nobody: status, body, headers, without request ids."""
    try:
        body = {k: v for k, v in answer.json().items() if k not in ("request", "instance", "log")}
    except (json.JSONDecodeError, AttributeError):
        body = answer.text
    skipped = {"x-request-id", "date", "content-length"}
    return answer.status_code, body, {k: v for k, v in answer.headers.items() if k not in skipped}


def test_every_route_has_a_line_of_the_oracle_and_every_line_a_route(client):
    known = {route for route in routes(client) if not route.startswith("GET /ogc")}
    assert known ^ (set(ORACLE) - {"GET /openapi.json"}) == set()
    assert documented(client) - set(routes(client)) == set()


def test_every_role_may_do_what_the_oracle_says_at_every_route(client, world):
    wrong = []
    for route in [*routes(client), "GET /openapi.json"]:
        path = re.sub(r"\{(\w+)\}", lambda found: MISSING.get(found[1], "nothing"), route.split(" ")[1])
        for name in NAMES:
            got, may = ask(client, world, name, route, path).status_code, role_of(name) in allowed(route)
            expected = got not in (401, 403, 405) and got < 500 if may else got == (401 if name == "public" else 403)
            by_body = may and route in SECRETS and got in (401, 403)  # a wrong password or code
            by_setup = got == 503 and ("/publications" in route or "/auth/" in route or "tiles" in route)
            if not (expected or by_body or by_setup):
                wrong.append((route, name, got))
    assert wrong == []


SECRETS = {"POST /api/v1/sessions", "POST /api/v1/sessions/second-factor", "POST /api/v1/me/password"}


def readers(route: str, parameter: str, owner: str, number: int) -> set[str]:
    """Names of those for whom an object of `owner` is there; `number` is its place among the owner's."""
    if parameter == "plan":
        return set((FIRST_SEEN, SECOND_SEEN)[number])
    if "number" not in parameter:
        besides = {R, D} if route == "DELETE /api/v1/photos/{photo}" else BESIDES[parameter]
        hidden = {R} if (parameter, owner) == ("job", "police") else set()  # its files show where cameras look
        return {owner} | {name for name in NAMES if role_of(name) in besides - hidden}
    everything = {"planner", "auditor"}
    if parameter in ("number:filings", "number:remarks"):
        return {owner, *everything}
    if parameter == "number:verifications" and number == 1:
        return {owner, *everything}  # evidence of nothing
    return {owner, "operator_alfa", *everything}


def objects(world: Planted, route: str):
    """Parameter, owner, path and readers of each object that fits a route."""
    path = route.split(" ")[1]
    for parameter, owned in world.ids.items():
        name, _, where = parameter.partition(":")
        if f"{{{name}}}" not in path or (where and not path.startswith((f"/api/v1/{where}/", PAGES.get(where, "-")))):
            continue
        for owner, values in owned.items():
            for number, value in enumerate(values):
                yield parameter, owner, path.replace(f"{{{name}}}", value), readers(route, parameter, owner, number)


def test_an_object_out_of_scope_answers_exactly_as_one_that_is_not_there(client, world):
    wrong, asked = [], Counter()
    absent = cache(lambda name, route, path: same(ask(client, world, name, route, path)))
    for route in routes(client):
        if "{" not in route or route.startswith("GET /api/v1/jobs/{job}/events"):
            continue
        for parameter, _, path, seen_by in objects(world, route):
            nothing = re.sub(r"\{\w+\}", "nothing.csv", path)
            gone = re.sub(r"\{(\w+)\}", lambda found: MISSING.get(found[1], "nothing.csv"), route.split(" ")[1])
            for name in NAMES:
                if role_of(name) not in allowed(route):
                    continue
                there, safe = name in seen_by, route.startswith("GET")
                if there and not safe:  # no key: refused before it does anything, but not as missing
                    got = ask(client, world, name, route, nothing, headers={}).status_code
                    fits = got in (400, 409, 422)
                else:
                    answer = ask(client, world, name, route, nothing)
                    got = answer.status_code
                    fits = got == 200 or "{name}" in route if there else same(answer) == absent(name, route, gone)
                    fits = fits and (there or got == 404)
                asked[there] += 1
                if not fits:
                    wrong.append((route, parameter, name, there, got))
    assert wrong == []
    assert min(asked.values()) > 100


def test_a_method_that_is_not_declared_is_405_and_names_those_that_are(client):
    known = [route.split(" ") for route in routes(client)]
    shapes = [
        (method, re.compile(re.sub(r"\{path\}|\{item\}", ".*", path).replace("{", "(?P<").replace("}", ">[^/]+)")))
        for method, path in known
    ]
    for path in sorted({re.sub(r"\{(\w+)\}", lambda found: MISSING.get(found[1], "1"), path) for _, path in known}):
        methods = {method for method, shape in shapes if shape.fullmatch(path)}
        for method in {"PUT", "DELETE", "PATCH", "POST"} - methods:
            answer = client.request(method, path)
            assert (answer.status_code, method, path) == (405, method, path)
            assert methods <= set(answer.headers["allow"].split(", ")), path


def test_a_session_without_its_csrf_token_writes_nothing(client, world):
    for route in routes(client):
        if route.startswith("GET") or route in ("POST /api/v1/sessions",):
            continue
        path = re.sub(r"\{(\w+)\}", lambda found: MISSING.get(found[1], "nothing"), route.split(" ")[1])
        for name in (n for n in NAMES[1:] if role_of(n) in allowed(route)):
            cookie = {"cookie": world.headers[name]["cookie"]} | key()
            answer = client.request(
                route.split(" ")[0], path, headers=cookie, json=BODIES.get(path.rsplit("/", 1)[-1], {})
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), (route, name)
