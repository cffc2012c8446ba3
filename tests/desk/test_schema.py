"""schemathesis against the OpenAPI document: no answer of 500, none that the document does not describe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from licet.desk.access import NEEDS
from licet.desk.counter import Loaded

from .conftest import serving

EXAMPLES = 25
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("schema"), loaded) as client:
        yield client


@pytest.mark.filterwarnings("ignore")  # of schemathesis's own libraries
@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_whatever_is_asked_the_answer_is_one_that_the_document_describes(
    served: TestClient, method: str, path: str
) -> None:
    schema = schemathesis.openapi.from_asgi(
        "/openapi.json", served.app, headers={"Host": "127.0.0.1"}
    )
    operation = schema[path][method]

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        answer = case.call(base_url="http://127.0.0.1", headers={"Host": "127.0.0.1"})
        assert answer.status_code < 500 or answer.status_code == 503, answer.content
        case.validate_response(answer, checks=CHECKS)

    ask()
