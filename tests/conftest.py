"""All tests: the law kept on this machine by ``licet law update`` must not decide their outcome."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LICET_DATA", raising=False)
        patch.setenv("LICET_HOME", str(tmp_path_factory.mktemp("home")))
        yield
