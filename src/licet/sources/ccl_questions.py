"""Hand-written readings of control lines whose conditions differ by paragraph.

The key is the slug that the wording gives (it ends in a digest of the wording): should the wording
change, the reading no longer matches and the line falls back to one general question.
"""

from __future__ import annotations

# slug: (paragraphs, excepted, suffix of the slug, question in our own words; none: unconditional)
Reading = tuple[str, str, str, str]
ANSWERED: dict[str, tuple[Reading, ...]] = {}
