"""``licet mcp`` as an agent meets it: the package's own client over standard input and output."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

import licet
from licet.desk import audit, tables
from licet.desk.store import LOCAL, open_store


def session(home: Path, *arguments: str) -> Client:
    command = ["-m", "licet", "mcp", *arguments]
    env = {**os.environ, "LICET_DATA": str(home)}
    return Client(StdioServerParameters(command=sys.executable, args=command, env=env))


def said(result: Any) -> Any:
    assert not result.is_error, result.content
    return json.loads(result.content[0].text)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the client's own streams
def test_an_agent_asks_in_all_four_ways(tmp_path: Path, osaka: dict[str, Any]) -> None:
    async def ask() -> None:
        async with session(tmp_path) as client:
            tools = {one.name: one for one in (await client.list_tools()).tools}
            assert set(tools) == {"check", "explain", "screen", "law"}
            assert all(one.annotations and one.annotations.read_only_hint for one in tools.values())
            own = licet.check(licet.order_from(osaka))
            answer = said(await client.call_tool("check", {"order": osaka}))
            assert answer["outcome"] == own.outcome == "license_required"
            assert answer["requirements"][0]["cite"] == "15 CFR 744.11(a)"
            if_law = {"order": osaka, "assume": ["osaka_2019"]}
            assert said(await client.call_tool("check", if_law))["outcome"] == "general_license"
            memo = str((await client.call_tool("explain", {"order": osaka})).content[0])
            assert "LICENSE REQUIRED" in memo and "What would make it lawful" in memo
            found = said(await client.call_tool("screen", {"names": ["Huawei Technologies"]}))
            assert found["answers"][0]["verdict"] == "match" and found["lists"][0]["as_of"]
            rules = said(await client.call_tool("law", {"rule": "744.11"}))["rules"]
            assert "entity_list" in {one["id"] for one in rules}
            events = said(await client.call_tool("law", {"subject": "Huawei"}))["events"]
            assert [one["law"] for one in events if one["id"] == "osaka_2019"] == [False]
            between = {"start": "2019-05-15", "end": "2019-05-16"}
            assert said(await client.call_tool("law", between))["total"] > 0

    anyio.run(ask)
    assert not list(tmp_path.glob("desk.sqlite*"))  # nothing is recorded unless somebody says so


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_an_agent_asks_wrongly_teaches_it(tmp_path: Path) -> None:
    async def ask() -> None:
        async with session(tmp_path) as client:
            for tool, arguments, teaches in (
                ("check", {"order": {"pary": []}}, 'Did you mean "party"?'),
                ("check", {"order": {}, "on": "tomorrow"}, "YYYY-MM-DD"),
                ("check", {"order": {}, "assume": ["tokyo"]}, "osaka_2019"),
                ("check", {"order": {"to": "CN"}}, "the law depends on the day"),
                ("screen", {"names": []}, "allowed: 1 to"), ("law", {}, "give rule, or subject"),
                ("law", {"rule": "entity_lost"}, "entity_list"),
            ):  # fmt: skip
                result = await client.call_tool(tool, arguments)
                assert result.is_error, (tool, arguments)
                assert teaches in str(result.content[0]).replace("\\", ""), result.content

    anyio.run(ask)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_person_may_let_checks_be_recorded(tmp_path: Path, osaka: dict[str, Any]) -> None:
    async def ask() -> str:
        async with session(tmp_path, "--record") as client:
            tools = {one.name: one for one in (await client.list_tools()).tools}
            hint = tools["check"].annotations
            assert hint is not None and not hint.read_only_hint
            return str(said(await client.call_tool("check", {"order": osaka}))["decision_id"])

    decided = anyio.run(ask)
    store = open_store(tmp_path)
    with store.read() as db:
        row = db.execute(tables.decision.select()).mappings().one()
        assert (row["id"], row["actor"]) == (decided, "agent")
        assert list(audit.verify(db, LOCAL)) == []
    store.close()
