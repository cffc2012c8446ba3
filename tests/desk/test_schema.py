"""schemathesis against the OpenAPI document: no answer of 500, none that the document does not describe."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from licet.desk.access import NEEDS
from licet.desk.api import make_app
from licet.desk.counter import Counter, Loaded
from licet.desk.store import open_store

from .clients import GENEROUS

EXAMPLES = 25
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[str]:
    """A desk on a port of its own, as ``licet serve`` runs it."""
    store = open_store(tmp_path_factory.mktemp("schema"))
    app = make_app(
        Counter(store), local=True, limits=GENEROUS, load=lambda mark: None if mark else loaded
    )
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        found = f"http://127.0.0.1:{listening.getsockname()[1]}"
        for _ in range(600):
            if server.started and requests.get(f"{found}/readyz", timeout=5).status_code == 200:
                break
            time.sleep(0.05)
        yield found
        server.should_exit = True
        thread.join()


@pytest.mark.filterwarnings("ignore")  # of schemathesis's own libraries
@pytest.mark.parametrize(("method", "path"), sorted(NEEDS))
def test_whatever_is_asked_the_answer_is_one_that_the_document_describes(
    address: str, method: str, path: str
) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    operation = schema[path][method]

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)

    ask()
