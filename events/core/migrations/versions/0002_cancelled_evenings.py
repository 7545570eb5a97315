"""When an evening was cancelled: put away, it stays so

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from events.core import clock
from events.core.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("cancelled_at", UtcDateTime(), nullable=True))
    event = sa.table("event", sa.column("status"), sa.column("cancelled_at", UtcDateTime()))
    op.execute(event.update().where(event.c.status == "cancelled").values(cancelled_at=clock.now()))


def downgrade() -> None:
    raise NotImplementedError("the release before works on this schema")
