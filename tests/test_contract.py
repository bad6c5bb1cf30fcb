"""The OpenAPI document and the service agree: schemathesis with all its checks, as every role."""

import os
from contextlib import suppress
from functools import cache, partial
from math import ceil

import pytest
import schemathesis
from conftest import often
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from people import key, make_people, signed_in
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.python import asgi
from served import served

from api.app import create_app
from api.settings import Settings

pytestmark = [
    pytest.mark.xdist_group("planted"),
    pytest.mark.filterwarnings("default::DeprecationWarning", "ignore::hypothesis.errors.HypothesisWarning"),
]

NAMES = ("public", "commune_1", "operator_alfa", "planner", "police", "auditor", "admin")
ENDS = ("/api/v1/sessions", "/api/v1/me/sessions")  # these end the session that asks
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
ENDLESS = "/api/v1/jobs/{job}/events"
# Which units, criteria and operators there are, or whether bytes are a picture, no document can say: 422 is right there.
NAMING = ("/api/v1/results", "/api/v1/villages.geojson", "/api/v1/photos")
WIDER = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "422", "429", "503"]}
}
CONFIG = {"request-timeout": 60, "operations": [{"include-path": path, "checks": WIDER} for path in NAMING]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made, _ = served(tmp_path_factory.mktemp("contract"))
    make_people(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def schema(workspace):
    app = create_app(Settings(workspace=workspace.path, actor="test"), hosts=["testserver"])
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=SchemathesisConfig.from_dict(CONFIG))


@pytest.fixture(scope="module")
def client(schema):
    with asgi.get_client(schema.app) as opened:
        yield opened


@pytest.fixture(scope="module")
def cases(schema):
    """Name → requests by operation of the document. In the full test everybody sends other ones, else all the same."""
    made = cache(partial(made_for, schema))
    return lambda name: made(NAMES.index(name) if os.environ.get("HATANGSO_FULL") else 0)


def made_for(schema, number_of_person) -> list[list]:
    """Requests by operation, none of which may be unreadable."""
    asked = [found.ok() for found in schema.get_all_operations() if found.ok().path != ENDLESS]
    each = ceil(often("contract_cases") / (len(NAMES) * len(asked)))
    made = []
    for number, operation in enumerate(asked):
        ways = MODES if each > 1 else MODES[number % 2 :][:1]
        count = ceil(each / len(ways))
        made.append([case for way in ways for case in generated(operation, way, count, 7 + number_of_person)])
    assert sum(map(len, made)) * len(NAMES) >= 0.9 * often("contract_cases")
    return [of for of in made if of]


def generated(operation, way, count, seeded) -> list:
    """Some requests of an operation, right or wrong by the document; none where nothing can be wrong."""
    found = []

    @seed(seeded)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=way))
    def keep(case):
        found.append(case)

    with suppress(Unsatisfiable):
        keep()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_as_the_document_says(name, cases, client, workspace):
    headers = {} if name == "public" else signed_in(workspace, name)
    wrong = []
    for of in cases(name):
        wrong += [found for case in of if (found := fault(case, client, headers))]
        if of[0].operation.path in ENDS and name != "public":
            headers = signed_in(workspace, name)
    assert not wrong, "\n".join(wrong)


def fault(case, client, headers) -> str:
    """What is wrong with the answer to a request, "" for nothing."""
    client.cookies.clear()
    more = key() if case.meta.generation.mode.is_positive else {}
    try:
        case.call_and_validate(session=client, headers=headers | more)
    except (Exception, BaseExceptionGroup) as error:  # every kind of failure is told, and the next request sent
        return f"{case.operation.label}: {error} {' | '.join(map(str, getattr(error, 'exceptions', ())))}"[:2000]
    return ""
