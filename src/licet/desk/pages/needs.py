"""What each page asks of who opens it; beside ``access.NEEDS``, which says it of the API."""

from __future__ import annotations

from licet.desk.access import OPEN, Need

_CHECK, _RECORD = Need("analyst", "check"), Need("viewer", "record")
_CASES, _LAW, _LISTS = Need("viewer", "cases"), Need("viewer", "law"), Need("viewer", "screen")
_LOG = Need("approver", "record")

PAGES = {
    ("GET", "/"): OPEN,
    ("GET", "/static/{name}"): OPEN,
    ("GET", "/desk"): OPEN,
    ("GET", "/desk/login"): OPEN,
    ("POST", "/desk/login"): OPEN,
    ("POST", "/desk/logout"): OPEN,
    ("GET", "/desk/check"): _CHECK,
    ("POST", "/desk/check"): _CHECK,
    ("POST", "/desk/check/record"): _CHECK,
    ("GET", "/desk/decisions"): _RECORD,
    ("GET", "/desk/decisions/{decision_id}"): _RECORD,
    ("POST", "/desk/decisions/{decision_id}/look"): _RECORD,
    ("GET", "/desk/decisions/{decision_id}/days"): _RECORD,
    ("POST", "/desk/decisions/{decision_id}/again"): _RECORD,
    ("POST", "/desk/decisions/{decision_id}/record"): _CHECK,
    ("GET", "/desk/cases"): _CASES,
    ("GET", "/desk/cases/{case_id}"): _CASES,
    ("POST", "/desk/cases/{case_id}/settle"): Need("analyst", "cases"),
    ("POST", "/desk/cases/{case_id}/approve"): Need("approver", "cases"),
    ("POST", "/desk/cases/clear"): Need("analyst", "cases"),
    ("GET", "/desk/law"): _LAW,
    ("GET", "/desk/law/find"): _LAW,
    ("GET", "/desk/law/rules"): _LAW,
    ("GET", "/desk/law/rules/{rule_id}"): _LAW,
    ("GET", "/desk/law/changes"): _LAW,
    ("GET", "/desk/law/items/{eccn}"): _LAW,
    ("GET", "/desk/law/countries/{country}"): _LAW,
    ("GET", "/desk/impact"): _CHECK,
    ("POST", "/desk/impact"): _CHECK,
    ("GET", "/desk/impact/{job_id}"): _CHECK,
    ("GET", "/desk/impact/{job_id}/progress"): _CHECK,
    ("GET", "/desk/impact/{job_id}/lines"): _CHECK,
    ("GET", "/desk/impact/{job_id}/download"): _CHECK,
    ("POST", "/desk/impact/{job_id}/drop"): _CHECK,
    ("GET", "/desk/lists"): _LISTS,
    ("GET", "/desk/lists/changes"): _LISTS,
    ("GET", "/desk/audit"): _LOG,
    ("GET", "/desk/audit/verify"): _LOG,
    ("GET", "/desk/audit/export"): Need("admin", "record"),
}
"""Of every page what it needs. A page that is not here is refused to everybody."""
