"""Sessions of people who use the pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "sessions"
down_revision = "second"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; sessions are no part of the record and may be erased."""
    op.create_table(
        "session",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("organization", sa.Text, sa.ForeignKey("organization.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("opened", sa.Text, nullable=False),
        sa.Column("ends", sa.Text, nullable=False),
    )
    op.create_index("session_ends", "session", ["ends"])


def downgrade() -> None:
    """Everybody has to come in again."""
    op.drop_table("session")
