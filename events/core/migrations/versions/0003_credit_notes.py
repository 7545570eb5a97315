"""Credit notes: what an invoice no longer asks for

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from events.core.db import UtcDateTime, WholeNumber

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_note_series",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("year", WholeNumber, nullable=False),
        sa.Column("last", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_credit_note_series_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_series")),
        sa.UniqueConstraint("organisation_id", "year", name=op.f("uq_credit_note_series_organisation_id_year")),
    )
    op.create_table(
        "credit_note",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("series_id", WholeNumber, nullable=False),
        sa.Column("sequence", WholeNumber, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("invoice_id", WholeNumber, nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_note_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id_invoice")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["credit_note_series.id"], name=op.f("fk_credit_note_series_id_credit_note_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_credit_note_series_id_sequence")),
    )
    op.create_index(op.f("ix_credit_note_invoice_id"), "credit_note", ["invoice_id"])


def downgrade() -> None:
    raise NotImplementedError("the release before works on this schema")
