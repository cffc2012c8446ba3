"""The first shape: organizations, keys, the law, decisions, cases, dispositions, the log.

Rows of the record are never changed and never erased. The program never does, and triggers refuse it to others
that open the database with the program's rights.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "first"
down_revision = None
branch_labels = None
depends_on = None

_ONLY_GROW = ("decision", "disposition", "audit", "law")


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _organization() -> sa.Column[str]:
    return sa.Column("organization", sa.Text, sa.ForeignKey("organization.id"), nullable=False)


def upgrade() -> None:
    """Make the tables, and the triggers that let those of the record only grow."""
    op.create_table(
        "organization", sa.Column("id", sa.Text, primary_key=True), _text("created"),
        sa.Column("four_eyes", sa.Boolean, nullable=False),
    )  # fmt: skip
    op.create_table(
        "api_key", sa.Column("id", sa.Text, primary_key=True), _organization(), _text("name"), _text("role"),
        _text("scopes"), _text("hash"), _text("created"), _text("expires", null=True),
        _text("revoked", null=True),
    )  # fmt: skip
    op.create_table(
        "law", sa.Column("id", sa.Text, primary_key=True), _text("as_of"), _text("kept"),
        sa.Column("archive", sa.LargeBinary, nullable=False),
    )  # fmt: skip
    op.create_table(
        "decision", sa.Column("id", sa.Text, primary_key=True), _organization(), _text("at"), _text("actor"),
        _text("order_id", null=True), _text("given"), _text("decided"), _text("terms"), _text("law"),
        _text("lists"), _text("engine"), _text("outcome"), _text("answer"), _text("proof_hash"),
        _text("keep_until"),
    )  # fmt: skip
    op.create_index("decision_of", "decision", ["organization", "at", "id"])
    op.create_index("decision_order", "decision", ["organization", "order_id"])
    op.create_table(
        "desk_case", sa.Column("id", sa.Text, primary_key=True), _organization(), _text("subject"),
        _text("opened"), _text("state"), _text("reason"), _text("query"),
        sa.Column("listing", sa.LargeBinary, nullable=False), _text("proposal", null=True),
        _text("closed", null=True), sa.Column("disposition", sa.Integer),
    )  # fmt: skip
    op.create_index("case_of", "desk_case", ["organization", "state", "opened"])
    op.create_index("case_subject", "desk_case", ["organization", "subject"])
    op.create_table(
        "case_decision",
        sa.Column("case_id", sa.Text, sa.ForeignKey("desk_case.id"), primary_key=True),
        sa.Column("decision", sa.Text, sa.ForeignKey("decision.id"), primary_key=True),
    )
    op.create_table(
        "disposition",
        sa.Column("organization", sa.Text, sa.ForeignKey("organization.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _text("recorded"), _text("decision"), _text("party"), _text("facts"), _text("entry"),
        sa.Column("listing", sa.LargeBinary, nullable=False), _text("as_of", null=True), _text("by"),
        _text("reason"), _text("decided"), _text("expires", null=True),
    )  # fmt: skip
    op.create_index("disposition_entry", "disposition", ["organization", "entry"])
    op.create_table(
        "audit",
        sa.Column("organization", sa.Text, sa.ForeignKey("organization.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        _text("at"), _text("actor"), _text("action"), _text("subject"), _text("entry"), _text("hash"),
    )  # fmt: skip
    op.create_index("audit_subject", "audit", ["organization", "subject"])
    op.create_table(
        "idempotency",
        sa.Column("organization", sa.Text, sa.ForeignKey("organization.id"), primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        _text("request"), _text("at"), sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.LargeBinary, nullable=False),
    )  # fmt: skip
    _guard()


def _guard() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _ONLY_GROW:
            for what in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_{what} BEFORE {what} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'the record is never changed'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION licet_record_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record is never changed'; END $$"
    )
    for table in _ONLY_GROW:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION licet_record_is_never_changed()"
        )


def downgrade() -> None:
    """There is nothing before the first shape, and a record is not thrown away."""
    raise NotImplementedError("the record is never thrown away; move the database aside instead")
