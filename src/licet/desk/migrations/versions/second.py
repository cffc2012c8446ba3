"""The second shape: replays of order books, and webhooks with what waits to be delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "second"
down_revision = "first"
branch_labels = None
depends_on = None


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _organization() -> sa.Column[str]:
    return sa.Column("organization", sa.Text, sa.ForeignKey("organization.id"), nullable=False)


def upgrade() -> None:
    """Make the tables; these rows change while work is done, and are no part of the record."""
    op.create_table(
        "replay", sa.Column("id", sa.Text, primary_key=True), _organization(), _text("asked"), _text("actor"),
        _text("name"), _text("form"), _text("terms"), _text("state"), _text("step"),
        sa.Column("done", sa.Integer, nullable=False), sa.Column("whole", sa.Integer, nullable=False),
        _text("beat"), _text("finished", null=True), _text("problem", null=True), _text("summary", null=True),
        sa.Column("book", sa.LargeBinary), sa.Column("verdicts", sa.LargeBinary),
    )  # fmt: skip
    op.create_index("replay_of", "replay", ["organization", "id"])
    op.create_index("replay_state", "replay", ["state", "id"])
    op.create_table(
        "webhook", sa.Column("id", sa.Text, primary_key=True), _organization(), _text("address"),
        _text("events"), _text("secret"), _text("created"), _text("ended", null=True),
    )  # fmt: skip
    op.create_index("webhook_of", "webhook", ["organization", "ended"])
    op.create_table(
        "delivery", sa.Column("id", sa.Text, primary_key=True), _organization(),
        sa.Column("webhook", sa.Text, sa.ForeignKey("webhook.id"), nullable=False),
        _text("event"), _text("body"), _text("created"), _text("state"), _text("due"),
        sa.Column("tries", sa.Integer, nullable=False), _text("problem", null=True),
    )  # fmt: skip
    op.create_index("delivery_due", "delivery", ["state", "due"])
    op.create_index("delivery_of", "delivery", ["organization", "state", "id"])


def downgrade() -> None:
    """Take them away again; the record stays."""
    for table in ("delivery", "webhook", "replay"):
        op.drop_table(table)
