"""The tables of the desk's database, as they are now; ``migrations`` says how they came to be.

Every row that a person or program made belongs to one organization, and every question names it: two
organizations on one server share nothing but the law. Days and moments are text in ISO 8601 (UTC), which sorts
as time does and reads the same from SQLite and PostgreSQL.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()

organization = Table(
    "organization", metadata,
    Column("id", Text, primary_key=True),
    Column("created", Text, nullable=False),
    # Whether a second person has to agree before a possible match is settled.
    Column("four_eyes", Boolean, nullable=False),
)  # fmt: skip

# Keys of programs and people: of the secret only a hash is kept.
api_key = Table(
    "api_key", metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("expires", Text),
    Column("revoked", Text),
)  # fmt: skip

# The law that decided, whole and packed, once for each id: an old decision can be decided again years later.
law = Table(
    "law", metadata,
    Column("id", Text, primary_key=True),
    Column("as_of", Text, nullable=False),
    Column("kept", Text, nullable=False),
    Column("archive", LargeBinary, nullable=False),
)  # fmt: skip

# A decision with all that went into it. ``given`` is the order as it came, ``decided`` as it was decided:
# with what people had settled before.
decision = Table(
    "decision", metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("order_id", Text),
    Column("given", Text, nullable=False),
    Column("decided", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("law", Text, nullable=False),
    Column("lists", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("proof_hash", Text, nullable=False),
    Column("keep_until", Text, nullable=False),
    Index("decision_of", "organization", "at", "id"),
    Index("decision_order", "organization", "order_id"),
)  # fmt: skip

# A possible match of one party and one listing that waits for a person, however many orders wait with it.
case = Table(
    "desk_case", metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("opened", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("listing", LargeBinary, nullable=False),
    Column("proposal", Text),
    Column("closed", Text),
    Column("disposition", Integer),
    Index("case_of", "organization", "state", "opened"),
    Index("case_subject", "organization", "subject"),
)  # fmt: skip

case_decision = Table(
    "case_decision", metadata,
    Column("case_id", Text, ForeignKey("desk_case.id"), primary_key=True),
    Column("decision", Text, ForeignKey("decision.id"), primary_key=True),
)  # fmt: skip

# What people decided about possible matches: the record of ``licet.dispositions``, for each organization.
disposition = Table(
    "disposition", metadata,
    Column("organization", Text, ForeignKey("organization.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("recorded", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("listing", LargeBinary, nullable=False),
    Column("as_of", Text),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided", Text, nullable=False),
    Column("expires", Text),
    Index("disposition_entry", "organization", "entry"),
)  # fmt: skip

# The log: each entry's hash covers the hash of the one before it (``audit``).
audit = Table(
    "audit", metadata,
    Column("organization", Text, ForeignKey("organization.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("audit_subject", "organization", "subject"),
)  # fmt: skip

# Answers to requests that named an Idempotency-Key: a request that is sent again gets the same answer.
idempotency = Table(
    "idempotency", metadata,
    Column("organization", Text, ForeignKey("organization.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
)  # fmt: skip

# An order book that is, or was, decided under several days: what was asked, how far it is, what came of it.
replay = Table(
    "replay", metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("asked", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("whole", Integer, nullable=False),
    # When the process that works on it last said so: where it is silent, it was killed.
    Column("beat", Text, nullable=False),
    Column("finished", Text),
    Column("problem", Text),
    Column("summary", Text),
    Column("book", LargeBinary),
    Column("verdicts", LargeBinary),
    Index("replay_of", "organization", "id"),
    Index("replay_state", "state", "id"),
)  # fmt: skip

# Where an organization wants to be told of what happens, and with which secret that is signed.
webhook = Table(
    "webhook", metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("ended", Text),
    Index("webhook_of", "organization", "ended"),
)  # fmt: skip

# What waits to be told: written in the transaction of what happened, so that neither is without the other.
delivery = Table(
    "delivery", metadata,
    Column("id", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("webhook", Text, ForeignKey("webhook.id"), nullable=False),
    Column("event", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("problem", Text),
    Index("delivery_due", "state", "due"),
    Index("delivery_of", "organization", "state", "id"),
)  # fmt: skip

# People who have come in through the pages; of what the browser keeps only a hash is here. A session that
# a key opened ends with the key.
session = Table(
    "session", metadata,
    Column("hash", Text, primary_key=True),
    Column("organization", Text, ForeignKey("organization.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("key", Text),
    Column("opened", Text, nullable=False),
    Column("ends", Text, nullable=False),
    Index("session_ends", "ends"),
)  # fmt: skip

ONLY_GROW = ("decision", "disposition", "audit", "law")
"""Tables whose rows are never changed and never erased; triggers of the database see to it."""

__all__ = [
    "ONLY_GROW", "api_key", "audit", "case", "case_decision", "decision", "delivery", "disposition",
    "idempotency", "law", "metadata", "organization", "replay", "session", "webhook",
]  # fmt: skip
