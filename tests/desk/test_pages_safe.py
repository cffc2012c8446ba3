"""What must not happen on the pages: scripts of others, forms of others, rows of others, files elsewhere."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from licet.desk import pages as page_package
from licet.desk import tables
from licet.desk.access import ROLES, actor_of
from licet.desk.counter import Loaded
from licet.desk.limits import Limits
from licet.desk.pages import audit as audit_page
from licet.desk.pages import cases as cases_page
from licet.desk.pages import (
    check,
    decision,
    entrance,
    impact,
    law,
    law_items,
    lists,
    sessions,
    uploads,
)
from licet.desk.pages.fields import FIELDS, FLAG, LONG, TEXT, TEXTS
from licet.desk.pages.needs import PAGES
from licet.desk.problems import Problem
from licet.order_book.template import TEMPLATE, columns_of

from .clients import key, store_of
from .conftest import serving

PARTS = (audit_page, cases_page, check, decision, entrance, impact, law, law_items, lists)
SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(2)>{{7*7}}"
ROUTES: dict[tuple[str, str], APIRoute] = {
    (method, route.path): route
    for part in PARTS
    for route in part.router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
}
UNSAFE = sorted(one for one in ROUTES if one[0] not in ("GET", "HEAD"))


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[TestClient]:
    """A desk that asks for a login."""
    with serving(tmp_path_factory.mktemp("pages"), loaded, local=False) as client:
        client.follow_redirects = False
        yield client


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory, loaded: Loaded) -> Iterator[TestClient]:
    """A desk on this machine, where nobody logs in."""
    with serving(tmp_path_factory.mktemp("near"), loaded) as client:
        client.follow_redirects = False
        yield client


def session(client: TestClient, organization: str, role: str, **more: Any) -> dict[str, str]:
    """Headers of a browser that has logged in with a new key, and of its forms."""
    header = key(client, organization, role, **more)["Authorization"]
    store = store_of(client)
    with store.read() as db:
        actor = actor_of(db, header)
    text = store.write(lambda db: sessions.open_session(db, actor))
    return {"Cookie": f"{sessions.COOKIE}={text}", "X-CSRF-Token": sessions.token(text)}


@pytest.fixture(scope="module")
def logged_in(guarded: TestClient) -> dict[str, dict[str, str]]:
    return {role: session(guarded, "acme", role) for role in ROLES}


def place(path: str) -> str:
    return re.sub(r"\{\w+\}", "none", path)


# --- who may open what ---------------------------------------------------------------------------------


def test_the_table_names_every_page_and_no_other() -> None:
    assert set(ROUTES) == set(PAGES)
    modules = {
        one.stem
        for one in Path(page_package.__file__).parent.glob("*.py")
        if "router =" in one.read_text()
    }
    assert modules == {part.__name__.rpartition(".")[2] for part in PARTS}


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize(("method", "path"), sorted(PAGES))
def test_each_role_against_each_page(
    guarded: TestClient,
    logged_in: dict[str, dict[str, str]],
    role: str | None,
    method: str,
    path: str,
) -> None:
    need = PAGES[method, path]
    headers = logged_in[role] if role else {}
    if path == "/desk/logout" and role:  # the other tests go on with theirs
        headers = session(guarded, "acme", role)
    answer = guarded.request(method, place(path), headers=headers)
    if role is None and need.role:
        assert answer.status_code == 303 and answer.headers["location"].startswith(
            "/desk/login?next="
        )
    elif not need.role or (role and ROLES.index(role) >= ROLES.index(need.role)):
        refused = answer.status_code == 403 and "may not" in answer.text
        assert answer.status_code < 500 and not refused
        assert not answer.headers.get("location", "").startswith("/desk/login?")
    else:
        assert answer.status_code == 403 and "may not" in answer.text


@pytest.mark.parametrize(("method", "path"), UNSAFE)
@pytest.mark.parametrize("given", [None, "", "0" * 64, "token of another session"])
def test_a_form_without_the_token_of_its_session_is_refused(
    guarded: TestClient, near: TestClient, logged_in: dict[str, dict[str, str]], method: str, path: str,
    given: str | None,
) -> None:  # fmt: skip
    if given == "token of another session":
        given = sessions.token("another")
    fields = {} if given is None else {"csrf": given, "key": "licet_a_b"}
    answer = guarded.request(
        method, place(path), data=fields, headers={"Cookie": logged_in["admin"]["Cookie"]}
    )
    assert answer.status_code == 403
    if path != "/desk/login":  # where nobody logs in, the login page leads on
        assert near.request(method, place(path), data=fields).status_code == 403


def test_a_form_of_another_site_is_refused_whatever_it_carries(
    guarded: TestClient, logged_in: dict[str, dict[str, str]]
) -> None:
    for origin in ("https://evil.example", "null"):
        headers = {**logged_in["admin"], "Origin": origin}
        assert guarded.post("/desk/check", headers=headers).status_code == 403


def test_two_organizations_see_nothing_of_each_other(
    guarded: TestClient, osaka: dict[str, Any], misspelled: dict[str, Any]
) -> None:
    ours, theirs = session(guarded, "ours", "admin"), session(guarded, "theirs", "admin")
    api = key(guarded, "ours", "analyst")
    made = guarded.post("/check", json={**osaka, "id": "OURS-1"}, headers=api).json()["decision_id"]
    held = guarded.post("/check", json={**misspelled, "id": "OURS-2"}, headers=api).json()["cases"][
        0
    ]
    assert guarded.get(f"/desk/decisions/{made}", headers=ours).status_code == 200
    assert guarded.get(f"/desk/cases/{held}", headers=ours).status_code == 200
    job = _replay(guarded, ours, _book()).headers["location"]
    for path in (f"/desk/decisions/{made}", f"/desk/cases/{held}", f"/desk/check?of={made}", job):
        assert guarded.get(path, headers=theirs).status_code == 404
    for path in (f"/desk/decisions/{made}/look", f"/desk/decisions/{made}/record", f"{job}/drop"):
        assert guarded.post(path, headers=theirs).status_code == 404
    said = {"decision": "not_listed", "reason": "x"}
    assert guarded.post(f"/desk/cases/{held}/settle", data=said, headers=theirs).status_code == 404
    assert (
        guarded.post(
            "/desk/cases/clear", data={"case": held, "reason": "x"}, headers=theirs
        ).status_code
        == 404
    )
    for path in (
        "/desk/decisions",
        "/desk/cases",
        "/desk/audit",
        "/desk/audit/export",
        "/desk/impact",
    ):
        assert "OURS" not in guarded.get(path, headers=theirs).text
    assert (
        guarded.get(f"/desk/cases/{held}", headers=ours).text.count("Settled as disposition") == 0
    )


def test_where_four_eyes_are_asked_for_another_person_has_to_approve(
    guarded: TestClient, misspelled: dict[str, Any]
) -> None:
    ada = session(guarded, "careful", "approver", name="Ada")
    grace = session(guarded, "careful", "approver", name="Grace")
    organizations = tables.organization
    eyes = organizations.update().where(organizations.c.id == "careful").values(four_eyes=True)
    store_of(guarded).write(lambda db: db.execute(eyes))
    api = key(guarded, "careful", "analyst", name="ERP")
    case = guarded.post("/check", json=misspelled, headers=api).json()["cases"][0]
    said = {"decision": "not_listed", "reason": "another firm"}
    assert guarded.post(f"/desk/cases/{case}/settle", data=said, headers=ada).status_code == 303
    assert "Ada says: <strong>not listed" in guarded.get(f"/desk/cases/{case}", headers=grace).text
    own = guarded.post(f"/desk/cases/{case}/approve", headers=ada)
    assert own.status_code == 409 and "another person" in own.text
    assert guarded.post(f"/desk/cases/{case}/approve", headers=grace).status_code == 303
    assert "Settled as disposition" in guarded.get(f"/desk/cases/{case}", headers=grace).text


def test_nothing_is_cleared_where_one_of_the_chosen_cases_is_none(
    guarded: TestClient, misspelled: dict[str, Any]
) -> None:
    headers, api = session(guarded, "all", "analyst"), key(guarded, "all", "analyst")
    case = guarded.post("/check", json=misspelled, headers=api).json()["cases"][0]
    fields = {"case": [case, "none"], "reason": "x"}
    assert guarded.post("/desk/cases/clear", data=fields, headers=headers).status_code == 404
    assert guarded.get(f"/cases/{case}", headers=api).json()["state"] == "open"
    for lacking in ({"case": [case], "reason": " "}, {"reason": "x"}):
        assert guarded.post("/desk/cases/clear", data=lacking, headers=headers).status_code == 422


# --- sessions ------------------------------------------------------------------------------------------


def _enter(client: TestClient, text: str, **fields: str) -> Any:
    client.cookies.clear()
    shown = client.get("/desk/login")
    token = re.search(r'name="csrf" value="(\w+)"', shown.text)
    assert token is not None
    client.cookies.clear()
    cookie = f"licet_login={shown.cookies['licet_login']}"
    return client.post(
        "/desk/login", data={"key": text, "csrf": token[1], **fields}, headers={"Cookie": cookie}
    )


@pytest.mark.parametrize("end", ["revoked", "expired", "logout", "time"])
def test_a_session_ends_with_its_key_by_logout_and_by_time(guarded: TestClient, end: str) -> None:
    headers = session(guarded, "acme", "viewer", name=end)
    assert guarded.get("/desk/cases", headers=headers).status_code == 200
    keys, table = tables.api_key, tables.session
    if end == "logout":
        assert guarded.post("/desk/logout", headers=headers).status_code == 303
    elif end == "time":
        change = table.update().where(table.c.name == end).values(ends="2001-01-01")
        store_of(guarded).write(lambda db: db.execute(change))
    else:
        said = {"revoked": "2001-01-01T00:00:00"} if end == "revoked" else {"expires": "2001-01-01"}
        revoke = keys.update().where(keys.c.name == end).values(said)
        store_of(guarded).write(lambda db: db.execute(revoke))
    assert guarded.get("/desk/cases", headers=headers).status_code == 303


def test_the_database_holds_nothing_that_opens_a_session(guarded: TestClient) -> None:
    text = session(guarded, "acme", "viewer")["Cookie"].partition("=")[2]
    with store_of(guarded).read() as db:
        for table in tables.metadata.sorted_tables:
            for row in db.execute(sa.select(table)).mappings():
                assert text not in str(dict(row))


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(guarded: TestClient) -> None:
    made = key(guarded, "acme", "viewer")["Authorization"].removeprefix("Bearer ")
    cookie = _enter(guarded, made).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and made not in cookie


def test_keys_tried_at_the_login_page_have_to_wait(tmp_path: Path, loaded: Loaded) -> None:
    limits = Limits(failures=3, rate=1000, burst=1000)
    with serving(tmp_path, loaded, local=False, limits=limits) as client:
        client.follow_redirects = False
        good = key(client, "acme", "viewer")["Authorization"].removeprefix("Bearer ")
        statuses = [_enter(client, "licet_x_y").status_code for _ in range(5)]
        assert statuses == [401] * 3 + [429] * 2
        # Many people may share an address behind a proxy: who has a key is not kept out by who has none.
        assert _enter(client, good).status_code == 303


@pytest.mark.parametrize(
    "to", ["https://evil.example/desk", "//evil.example", "/\\evil.example", "javascript:alert(1)",
           "/desk\r\nSet-Cookie: a=b", "/desk/../../x\n", "\x00/desk"],
)  # fmt: skip
def test_login_leads_nowhere_else(guarded: TestClient, to: str) -> None:
    made = key(guarded, "acme", "viewer")["Authorization"].removeprefix("Bearer ")
    answer = _enter(guarded, made, next=to)
    assert answer.status_code == 303
    assert re.fullmatch(r"/desk[\w/.]*", answer.headers["location"])
    assert "a=b" not in str(answer.headers.multi_items())


# --- scripts -------------------------------------------------------------------------------------------


class Found(HTMLParser):
    """What of a page could run: scripts without a file of ours, handlers, styles, odd addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "script" and not (said.get("src") or "").startswith("/static/"):
            self.bad.append("script")
        if tag in ("img", "iframe", "object", "embed", "style", "base"):
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style" or name.startswith("hx-on"):
                self.bad.append(f"{tag} {name}")
            if name in ("href", "action", "src") and not (value or "").startswith(("/", "#", "?")):
                self.bad.append(f"{tag} {name}={value}")


def harmless(text: str) -> None:
    found = Found()
    found.feed(text)
    assert found.bad == []
    assert "49" not in re.findall(r"onerror=alert\(2\)&gt;(\d\d)", text), (
        "a template was made of a text"
    )


def _everywhere() -> dict[str, Any]:
    """An order with a script in every field that holds a text."""
    order: dict[str, Any] = {"date": "2019-06-30", "to": "CN"}
    for table, fields in FIELDS.items():
        row: dict[str, Any] = {}
        for name, one in fields.items():
            free = one.kind in (TEXT, LONG) and name not in (
                "eccn",
                "schedule_b",
                "born",
                "list",
                "revoked",
            )
            if free:
                row[name] = f"{SCRIPT} {table}.{name}"
            elif one.kind == TEXTS and name in ("identifiers", "uses_equipment_of", "modules_by", "parties",
                                                "goes_into_products_of"):  # fmt: skip
                row[name] = [f"{SCRIPT} {table}.{name}"]
            elif one.kind == FLAG and name == "resolved":
                row[name] = False
        if table in ("party", "line", "red_flag"):
            order[table] = [row]
        elif table == "owners":
            order["party"][0]["owners"] = [{k: v for k, v in row.items() if k != "owners"}]
        elif table:
            order[table] = row
        else:
            order |= {k: v for k, v in row.items() if k not in ("region",)}
    order["party"][0]["role"] = "ultimate_consignee"
    return order


def test_a_script_in_every_field_of_an_order_stays_a_text(near: TestClient) -> None:
    order = _everywhere()
    made = near.post("/check", json=order)
    assert made.status_code == 200, made.text
    number = made.json()["decision_id"]
    for path in (f"/desk/decisions/{number}", f"/desk/check?of={number}", "/desk/decisions", "/desk/audit",
                 f"/desk/decisions/{number}/days"):  # fmt: skip
        answer = near.get(path)
        assert answer.status_code == 200
        harmless(answer.text)
    assert "&lt;script&gt;alert(1)" in near.get(f"/desk/decisions/{number}").text


def test_a_script_in_names_reasons_and_persons_of_a_case_stays_a_text(
    guarded: TestClient, misspelled: dict[str, Any]
) -> None:
    (party,) = misspelled["party"]
    order = {
        **misspelled,
        "id": SCRIPT,
        "party": [{**party, "name": "Huawey Technologies", "address": SCRIPT}],
    }
    headers = session(guarded, "scripts", "admin", name=SCRIPT)
    api = key(guarded, "scripts", "admin", name=SCRIPT)
    made = guarded.post("/check", json=order, headers=api).json()
    case = made["cases"][0]
    said = {"decision": "not_listed", "reason": SCRIPT, "by": SCRIPT}
    for path in (f"/desk/cases/{case}", "/desk/cases"):
        harmless(guarded.get(path, headers=headers).text)
    assert guarded.post(f"/desk/cases/{case}/settle", data=said, headers=headers).status_code == 303
    for path in (f"/desk/cases/{case}", "/desk/cases?state=closed", "/desk/audit", "/desk/decisions",
                 f"/desk/decisions/{made['decision_id']}"):  # fmt: skip
        answer = guarded.get(path, headers=headers)
        assert answer.status_code == 200
        harmless(answer.text)
    assert "&lt;script&gt;" in guarded.get("/desk/audit", headers=headers).text


@pytest.mark.parametrize(
    ("path", "name"),
    [(path, one.name) for (method, path), route in sorted(ROUTES.items()) if method == "GET"
     for one in route.dependant.query_params]
    + [(path, "") for method, path in sorted(ROUTES) if method == "GET" and "{" in path],
)  # fmt: skip
def test_a_script_in_an_address_stays_a_text(near: TestClient, path: str, name: str) -> None:
    from urllib.parse import quote

    where = re.sub(r"\{\w+\}", quote(SCRIPT, safe=""), path)
    answer = near.get(where, params={name: SCRIPT} if name else {})
    assert answer.status_code < 500
    harmless(answer.text if "html" in answer.headers.get("content-type", "") else "")


def test_a_script_typed_into_a_form_comes_back_as_a_text(near: TestClient) -> None:
    page = near.get("/desk/check").text
    token = re.search(r'name="csrf" value="(\w+)"', page)
    assert token is not None
    fields = {
        "csrf": token[1],
        "date": SCRIPT,
        "party[0].name": SCRIPT,
        "line[0].eccn": SCRIPT,
        "to": SCRIPT,
    }
    answer = near.post("/desk/check", data=fields)
    assert answer.status_code == 200 and "&lt;script&gt;" in answer.text
    harmless(answer.text)
    harmless(near.post("/desk/check/record", data=fields).text)


def test_no_template_holds_a_script_a_style_or_a_handler() -> None:
    folder = Path(page_package.__file__).parents[1] / "templates"
    for file in folder.glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|\|\s*safe\b(?!.*look)|javascript:", text), (
            file.name
        )
        for tag in re.findall(r"<script[^>]*>", text):
            assert 'src="{{ static(' in tag


def test_every_page_goes_out_with_the_strict_policy(near: TestClient) -> None:
    for path in ("/desk/check", "/desk/none", "/desk/decisions/none", "/static/desk.js", "/"):
        headers = near.get(path).headers
        policy = headers["content-security-policy"]
        assert (
            "script-src 'self'" in policy
            and "unsafe" not in policy
            and "default-src 'none'" in policy
        )
        assert (
            headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff"
        )


# --- uploads and downloads -----------------------------------------------------------------------------


def _book(ids: tuple[str, ...] = ("PO-1", "PO-2")) -> bytes:
    columns = columns_of(TEMPLATE)
    rows = [
        ",".join(
            '"{}"'.format({**row, "id": one}.get(column, "").replace('"', '""'))
            for column in columns
        )
        for row, one in zip(TEMPLATE, ids, strict=False)
    ]
    return "\n".join([",".join(columns), *rows]).encode()


def _replay(
    client: TestClient, headers: dict[str, str], book: bytes, name: str = "book.csv"
) -> Any:
    fields = {"what": "days", "before": "2019-05-15", "after": "2019-05-16"}
    return client.post("/desk/impact", data=fields, files={"book": (name, book)}, headers=headers)


def _done(client: TestClient, headers: dict[str, str], where: str) -> str:
    for _ in range(300):
        text = client.get(f"{where}/progress", headers=headers).text
        if 'hx-trigger="load' not in text:
            return str(text)
        time.sleep(0.1)
    raise AssertionError("the replay does not end")


@pytest.fixture(scope="module")
def token(near: TestClient) -> dict[str, str]:
    return {"X-CSRF-Token": sessions.token("")}


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "C:\\evil.csv", "evil\x00.csv",
             "e" * 300 + ".csv", "<img src=x>.csv"],
)  # fmt: skip
def test_the_name_of_an_uploaded_book_is_never_a_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inside" / "deeper"
    folder.mkdir(parents=True)
    try:
        taken = uploads.take(io.BytesIO(_book()), name, folder)
    except Problem as problem:  # a name so long that its ending is lost
        assert problem.status == 422 and len(name) > 100
        assert list(folder.iterdir()) == []
    else:
        assert (
            taken.path == folder / "book.csv" and "/" not in taken.name and "\\" not in taken.name
        )
    assert [one.name for one in tmp_path.rglob("*.csv")] in ([], ["book.csv"])


@pytest.mark.parametrize(
    "name",
    ["../api.py", "..%2fapi.py", "%2e%2e/tables.py", "desk.css/../../api.py", "nothing.js"],
)
def test_no_file_but_those_of_the_pages_is_served(near: TestClient, name: str) -> None:
    assert near.get(f"/static/{name}").status_code in (404, 403)


def test_what_is_no_order_book_is_refused_at_once(near: TestClient, token: dict[str, str]) -> None:
    for name, content, status in (
        ("book.exe", b"MZ", 422), ("book", b"a", 422), ("book.csv", b"", 422), ("book.csv", b"PK\0\0\0", 422),
        ("book.xlsx", b"no zip", 422), ("book.parquet", b"PAR1 not", 422),
    ):  # fmt: skip
        answer = _replay(near, token, content, name)
        assert answer.status_code == status, name
        harmless(answer.text)


def test_a_bomb_in_a_spreadsheet_is_refused_before_it_is_unpacked(
    near: TestClient, token: dict[str, str]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 250_000_000)
    began = time.process_time()
    answer = _replay(near, token, packed.getvalue(), "bomb.xlsx")
    assert answer.status_code == 413 and "unpacks to" in answer.text
    assert time.process_time() - began < 2


def test_a_bomb_in_parquet_is_refused_by_its_head(near: TestClient, token: dict[str, str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"id": pa.array(["x"] * 3_000_000).dictionary_encode()})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    assert out.tell() < 1_000_000
    assert _replay(near, token, out.getvalue(), "bomb.parquet").status_code == 413


def test_a_book_above_the_limit_is_refused(tmp_path: Path, loaded: Loaded) -> None:
    with serving(tmp_path, loaded, limits=Limits(body=100_000, rate=1000, burst=1000)) as client:
        headers = {"X-CSRF-Token": sessions.token("")}
        answer = _replay(client, headers, b"x" * 200_000)
        assert answer.status_code == 413
        assert client.get("/desk/impact").status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_cell_of_a_download_is_a_formula(
    near: TestClient, token: dict[str, str], form: str
) -> None:
    ids = ("=HYPERLINK(1)", "@SUM(A1)")
    where = _replay(near, token, _book(ids)).headers["location"]
    _done(near, token, where)
    answer = near.get(f"{where}/download?form={form}")
    assert answer.status_code == 200
    if form == "csv":
        text = answer.content.decode("utf-8-sig")
        assert "'=HYPERLINK(1)" in text and "'@SUM" in text
        assert not re.search(r"(^|,)\"?[=@]", text, re.M)
        return
    from openpyxl import load_workbook

    sheets = load_workbook(io.BytesIO(answer.content)).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any("HYPERLINK" in str(cell.value) for cell in cells)


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1.csv", 'a".csv', "ä ö/;.csv", "\n.csv"])
def test_the_name_of_a_book_brings_no_header_into_a_download(
    near: TestClient, token: dict[str, str], name: str
) -> None:
    fields = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = b"".join(
        fields % pair
        for pair in ((b"what", b"days"), (b"before", b"2019-05-15"), (b"after", b"2019-05-16"))
    )
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").encode()
    body += (
        b'--b\r\nContent-Disposition: form-data; name="book"; filename="' + quoted + b'"\r\n\r\n'
    )
    body += _book() + b"\r\n--b--\r\n"
    headers = {**token, "content-type": "multipart/form-data; boundary=b"}
    where = near.post("/desk/impact", content=body, headers=headers).headers["location"]
    harmless(_done(near, token, where))
    answer = near.get(f"{where}/download")
    assert answer.status_code == 200
    assert re.fullmatch(
        r'attachment; filename="impact-[\w.-]+\.csv"', answer.headers["content-disposition"]
    )
    assert "x-evil" not in answer.headers


def test_the_book_that_was_uploaded_is_erased_when_it_is_decided(
    near: TestClient, token: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from licet.desk.pages import impact_jobs

    kept = tmp_path / "upload"

    def folder() -> Path:
        kept.mkdir()
        return kept

    monkeypatch.setattr(impact_jobs, "new_folder", folder)
    where = _replay(near, token, _book()).headers["location"]
    _done(near, token, where)
    for _ in range(50):
        if not kept.exists():
            break
        time.sleep(0.05)
    assert not kept.exists()
