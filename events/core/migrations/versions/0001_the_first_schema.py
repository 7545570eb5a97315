"""The first schema

Revision: 0001, after nothing
"""

import sqlalchemy as sa
from alembic import op

from events.core.db import Json, UtcDateTime, WholeNumber
from events.core.migrating import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "admission",
    "cash_deposit",
    "closed_period",
    "conflict",
    "conflict_resolution",
    "drawer_count",
    "drawer_paper",
    "drawer_signature",
    "handled",
    "journal_entry",
    "kitchen_sheet",
    "order_status",
    "pledge_status",
    "posting",
    "receipt_paper",
    "receipt_part",
    "receipt_record",
    "refund_status",
    "scan",
    "trail",
)
"""Facts that nobody rewrites: the database itself refuses."""


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "export_file",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("choice", Json, nullable=False),
        sa.Column("download_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("total", WholeNumber, nullable=False),
        sa.Column("done", WholeNumber, nullable=False),
        sa.Column("draft", WholeNumber, nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'writing', 'ready', 'failed', 'gone')", name=op.f("ck_export_file_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_file")),
        sa.UniqueConstraint("name", name=op.f("uq_export_file_name")),
    )
    with op.batch_alter_table("export_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_export_file_actor"), ["actor"], unique=False)

    op.create_table(
        "guard_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_guard_salt")),
    )
    op.create_table(
        "guard_tally",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("count", WholeNumber, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guard_tally")),
    )
    op.create_table(
        "job",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("args", Json, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("run_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("fence", WholeNumber, nullable=False),
        sa.Column("failures", WholeNumber, nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.CheckConstraint("status IN ('queued', 'leased', 'done', 'retry', 'dead')", name=op.f("ck_job_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_due", ["status", "run_at"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=True),
        sa.Column("bank_account", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("accent_hue", WholeNumber, nullable=True),
        sa.Column("accent_chroma", WholeNumber, nullable=True),
        sa.Column("receipt_profile", sa.String(), nullable=False),
        sa.Column("card_fee_bp", WholeNumber, nullable=False),
        sa.Column("card_fee_fixed", WholeNumber, nullable=False),
        sa.Column("fiscal_year_start", WholeNumber, nullable=False),
        sa.Column("guest_data_days", WholeNumber, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "pace",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next", WholeNumber, nullable=False),
        sa.Column("stood", WholeNumber, nullable=False),
        sa.Column("stood_at", WholeNumber, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )
    op.create_table(
        "reading",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reached", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reading")),
    )
    op.create_table(
        "stripe_event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("object_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
    )
    with op.batch_alter_table("stripe_event", schema=None) as batch_op:
        batch_op.create_index("ix_stripe_event_open", ["handled_at"], unique=False)

    op.create_table(
        "trail",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    with op.batch_alter_table("trail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trail_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "wrong_pairing",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_pairing")),
    )
    with op.batch_alter_table("wrong_pairing", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_pairing_address_at", ["address", "at"], unique=False)

    op.create_table(
        "account_code",
        sa.Column("organisation_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_code_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "account", name=op.f("pk_account_code")),
    )
    op.create_table(
        "authenticator",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_authenticator_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authenticator")),
        sa.UniqueConstraint("account_id", name=op.f("uq_authenticator_account_id")),
    )
    op.create_table(
        "balance_transaction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("fee", WholeNumber, nullable=False),
        sa.Column("net", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("exchange_rate", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("available_on", UtcDateTime(), nullable=False),
        sa.Column("payout_id", sa.String(), nullable=True),
        sa.Column("booked", sa.String(), nullable=True),
        sa.CheckConstraint("booked IN ('beside', 'whole')", name=op.f("ck_balance_transaction_booked")),
        sa.CheckConstraint("net = amount - fee", name=op.f("ck_balance_transaction_net")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_balance_transaction_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_transaction")),
    )
    with op.batch_alter_table("balance_transaction", schema=None) as batch_op:
        batch_op.create_index("ix_balance_transaction_booked", ["booked"], unique=False)
        batch_op.create_index(batch_op.f("ix_balance_transaction_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_balance_transaction_payout_id"), ["payout_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_balance_transaction_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_balance_transaction_source"), ["source"], unique=False)

    op.create_table(
        "book_rate",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rate", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_book_rate_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_rate")),
        sa.UniqueConstraint(
            "organisation_id", "currency", "since", name=op.f("uq_book_rate_organisation_id_currency_since")
        ),
    )
    op.create_table(
        "bookkeeping",
        sa.Column("organisation_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bookkeeping_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_bookkeeping")),
    )
    op.create_table(
        "books",
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_books_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_books")),
    )
    op.create_table(
        "closed_period",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("balances", Json, nullable=False),
        sa.CheckConstraint("kind IN ('month', 'year')", name=op.f("ck_closed_period_kind")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_closed_period_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
        sa.UniqueConstraint("organisation_id", "until", name=op.f("uq_closed_period_organisation_id_until")),
    )
    op.create_table(
        "event",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("sales_end_at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("languages", Json, nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("kind", Json, nullable=False),
        sa.Column("hosts", Json, nullable=False),
        sa.Column("notice", Json, nullable=False),
        sa.Column("cause_link", Json, nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("venue_address", Json, nullable=False),
        sa.Column("map_url", sa.String(), nullable=False),
        sa.Column("info_url", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("goal", WholeNumber, nullable=False),
        sa.Column("gift_amounts", Json, nullable=False),
        sa.Column("absent_gift", WholeNumber, nullable=False),
        sa.Column("waiting_list", sa.Boolean(), nullable=False),
        sa.Column("asks_dedication", sa.Boolean(), nullable=False),
        sa.Column("names_givers", sa.Boolean(), nullable=False),
        sa.Column("asks_news", sa.Boolean(), nullable=False),
        sa.Column("co_organiser", sa.String(), nullable=False),
        sa.Column("benefit_description", Json, nullable=False),
        sa.Column("next_ticket_number", WholeNumber, nullable=False),
        sa.Column("accent_hue", WholeNumber, nullable=True),
        sa.Column("accent_chroma", WholeNumber, nullable=True),
        sa.Column("cover", sa.String(), nullable=True),
        sa.Column("version", WholeNumber, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'published', 'cancelled', 'archived')", name=op.f("ck_event_status")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_event_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("slug", name=op.f("uq_event_slug")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "export_piece",
        sa.Column("file_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("draft", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("place", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["export_file.id"], name=op.f("fk_export_piece_file_id_export_file")),
        sa.PrimaryKeyConstraint("file_id", "draft", "place", name=op.f("pk_export_piece")),
    )
    op.create_table(
        "fee_rate",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("rate_bp", WholeNumber, nullable=False),
        sa.Column("fixed", WholeNumber, nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.CheckConstraint("rate_bp >= 0 AND rate_bp < 10000 AND fixed >= 0", name=op.f("ck_fee_rate_part")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_fee_rate_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_rate")),
        sa.UniqueConstraint(
            "organisation_id",
            "method",
            "currency",
            "holds_from",
            name=op.f("uq_fee_rate_organisation_id_method_currency_holds_from"),
        ),
    )
    op.create_table(
        "handled",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_handled_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_handled_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handled")),
        sa.UniqueConstraint("organisation_id", "item", name=op.f("uq_handled_organisation_id_item")),
    )
    op.create_table(
        "invoice_series",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("year", WholeNumber, nullable=False),
        sa.Column("last", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invoice_series_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_series")),
        sa.UniqueConstraint("organisation_id", "year", name=op.f("uq_invoice_series_organisation_id_year")),
    )
    op.create_table(
        "journal_counter",
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("journal", sa.String(), nullable=False),
        sa.Column("fiscal_year", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("last", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_counter_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "journal", "fiscal_year", name=op.f("pk_journal_counter")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("journal", sa.String(), nullable=False),
        sa.Column("fiscal_year", WholeNumber, nullable=False),
        sa.Column("seq", WholeNumber, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("posted_at", UtcDateTime(), nullable=False),
        sa.Column("ext_kind", sa.String(), nullable=False),
        sa.Column("ext_id", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("reverses", WholeNumber, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_journal_entry_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["reverses"], ["journal_entry.id"], name=op.f("fk_journal_entry_reverses_journal_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("ext_kind", "ext_id", name=op.f("uq_journal_entry_ext_kind_ext_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "journal",
            "fiscal_year",
            "seq",
            name=op.f("uq_journal_entry_organisation_id_journal_fiscal_year_seq"),
        ),
        sa.UniqueConstraint("reverses", name=op.f("uq_journal_entry_reverses")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_effective_on"), ["effective_on"], unique=False)

    op.create_table(
        "letter",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("args", Json, nullable=False),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.Column("recipient_email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("event_id", WholeNumber, nullable=True),
        sa.Column("bounced_at", UtcDateTime(), nullable=True),
        sa.Column("bounce", sa.String(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("job_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["job_key"], ["job.key"], name=op.f("fk_letter_job_key_job")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("key", name=op.f("uq_letter_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_letter_message_id")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_event_id"), ["event_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_objection_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("organisation_id", "digest", name=op.f("uq_objection_organisation_id_digest")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_account_id"), ["account_id"], unique=False)

    op.create_table(
        "payout",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reconciliation", sa.String(), nullable=False),
        sa.Column("balance_transaction_id", sa.String(), nullable=True),
        sa.Column("failure_balance_transaction_id", sa.String(), nullable=True),
        sa.Column("failure_code", sa.String(), nullable=True),
        sa.Column("arrival_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("members_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_payout_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
    )
    with op.batch_alter_table("payout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payout_created_at"), ["created_at"], unique=False)

    op.create_table(
        "receipt_series",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("profile", sa.String(), nullable=False),
        sa.Column("year", WholeNumber, nullable=False),
        sa.Column("last", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_receipt_series_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_series")),
        sa.UniqueConstraint(
            "organisation_id", "profile", "year", name=op.f("uq_receipt_series_organisation_id_profile_year")
        ),
    )
    op.create_table(
        "receipt_settings",
        sa.Column("organisation_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("issuing", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("rna", sa.String(), nullable=False),
        sa.Column("signatory", sa.String(), nullable=False),
        sa.Column("signatory_role", sa.String(), nullable=False),
        sa.Column("benefit_cap", WholeNumber, nullable=True),
        sa.CheckConstraint("issuing IN ('automatic', 'by_hand')", name=op.f("ck_receipt_settings_issuing")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_receipt_settings_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_receipt_settings")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_code_digest")),
    )
    with op.batch_alter_table("recovery_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_code_account_id"), ["account_id"], unique=False)

    op.create_table(
        "second_factor_rule",
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_rule_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_second_factor_rule_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_second_factor_rule")),
    )
    op.create_table(
        "sign_in_key",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("link_digest", sa.String(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("browser_digest", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("failures", WholeNumber, nullable=False),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_key_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_key")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_sign_in_key_link_digest")),
    )
    with op.batch_alter_table("sign_in_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_key_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_key_browser_digest"), ["browser_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_key_code_digest"), ["code_digest"], unique=False)

    op.create_table(
        "staff_session",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("proved_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_staff_session_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_session_digest")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_account_id"), ["account_id"], unique=False)

    op.create_table(
        "stray_payment",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("order_code", sa.String(), nullable=True),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_stray_payment_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_stray_payment")),
    )
    op.create_table(
        "wrong_proof",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wrong_proof_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_proof")),
    )
    with op.batch_alter_table("wrong_proof", schema=None) as batch_op:
        batch_op.create_index("ix_wrong_proof_of", ["account_id", "at"], unique=False)

    op.create_table(
        "api_token",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=True),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_token_account_id_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_api_token_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_api_token_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_token_digest")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "appeal",
        sa.Column("event_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.Column("shows_promised", sa.Boolean(), nullable=False),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("remind_days", WholeNumber, nullable=False),
        sa.Column("remind_times", WholeNumber, nullable=False),
        sa.Column("lapse_days", WholeNumber, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("counts IN ('gifts', 'all')", name=op.f("ck_appeal_counts")),
        sa.CheckConstraint("remind_times >= 0 AND remind_days >= 1 AND lapse_days >= 0", name=op.f("ck_appeal_days")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_appeal_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("token", name=op.f("uq_appeal_token")),
    )
    op.create_table(
        "block",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("position", WholeNumber, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("version", WholeNumber, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cause', 'story', 'figures', 'programme', 'partners', 'press', 'help', 'gallery', 'questions')",
            name=op.f("ck_block_kind"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_block_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block")),
    )
    with op.batch_alter_table("block", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_event_id"), ["event_id"], unique=False)

    op.create_table(
        "check_list",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("key <> 'entrance'", name=op.f("ck_check_list_key")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_check_list_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "key", name=op.f("pk_check_list")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_check_list_event_id_name")),
    )
    op.create_table(
        "cover_photo",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("wide", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_cover_photo_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_cover_photo")),
    )
    op.create_table(
        "device",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("may_sell", sa.Boolean(), nullable=False),
        sa.Column("may_comp", sa.Boolean(), nullable=False),
        sa.Column("token_digest", sa.String(), nullable=False),
        sa.Column("paired_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_device_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_device_token_digest")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_event_id"), ["event_id"], unique=False)

    op.create_table(
        "dining_table",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("number", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("x", WholeNumber, nullable=False),
        sa.Column("y", WholeNumber, nullable=False),
        sa.CheckConstraint("shape IN ('round', 'long')", name=op.f("ck_dining_table_shape")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_dining_table_number")),
        sa.CheckConstraint("x >= 0 AND x <= 20000 AND y >= 0 AND y <= 20000", name=op.f("ck_dining_table_in_the_room")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_dining_table_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dining_table")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_dining_table_event_id_number")),
    )
    with op.batch_alter_table("dining_table", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dining_table_event_id"), ["event_id"], unique=False)

    op.create_table(
        "discount_code",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("percent_bp", WholeNumber, nullable=True),
        sa.Column("amount", WholeNumber, nullable=True),
        sa.Column("use_limit", WholeNumber, nullable=True),
        sa.Column("uses", WholeNumber, nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("opens_hidden", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_discount_code_amount")),
        sa.CheckConstraint(
            "percent_bp IS NULL OR (percent_bp > 0 AND percent_bp <= 10000)", name=op.f("ck_discount_code_percent")
        ),
        sa.CheckConstraint("percent_bp IS NULL OR amount IS NULL", name=op.f("ck_discount_code_one_way")),
        sa.CheckConstraint(
            "uses >= 0 AND (use_limit IS NULL OR uses <= use_limit)", name=op.f("ck_discount_code_uses")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_discount_code_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_code")),
        sa.UniqueConstraint("event_id", "code", name=op.f("uq_discount_code_event_id_code")),
    )
    with op.batch_alter_table("discount_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discount_code_event_id"), ["event_id"], unique=False)

    op.create_table(
        "door_hours",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_door_hours_order")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_door_hours_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "check_list", name=op.f("pk_door_hours")),
    )
    op.create_table(
        "drawer",
        sa.Column("event_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("round", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("float_amount", WholeNumber, nullable=False),
        sa.Column("float_by", sa.String(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("expected", WholeNumber, nullable=True),
        sa.Column("counted", WholeNumber, nullable=True),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_drawer_closed")),
        sa.CheckConstraint(
            "status <> 'closed' OR counted = expected OR explanation <> ''", name=op.f("ck_drawer_explained")
        ),
        sa.CheckConstraint("status IN ('open', 'counting', 'closed')", name=op.f("ck_drawer_status")),
        sa.CheckConstraint("float_amount >= 0", name=op.f("ck_drawer_float_amount")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_drawer_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_drawer")),
    )
    op.create_table(
        "gallery_picture",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_gallery_picture_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_picture")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_gallery_picture_event_id_name")),
    )
    op.create_table(
        "gate",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_gate_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "name", name=op.f("pk_gate")),
    )
    op.create_table(
        "guest_message",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("subject", Json, nullable=False),
        sa.Column("text", Json, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("send_at", UtcDateTime(), nullable=True),
        sa.Column("version", WholeNumber, nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("people", WholeNumber, nullable=True),
        sa.CheckConstraint("purpose IN ('news', 'appeal')", name=op.f("ck_guest_message_purpose")),
        sa.CheckConstraint("status = 'draft' OR send_at IS NOT NULL", name=op.f("ck_guest_message_hour")),
        sa.CheckConstraint(
            "status IN ('draft', 'scheduled', 'sending', 'sent', 'stopped')", name=op.f("ck_guest_message_status")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_guest_message_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_message")),
    )
    with op.batch_alter_table("guest_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_message_event_id"), ["event_id"], unique=False)

    op.create_table(
        "hook_endpoint",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("failures", WholeNumber, nullable=False),
        sa.Column("failing_since", UtcDateTime(), nullable=True),
        sa.Column("rests_until", UtcDateTime(), nullable=True),
        sa.Column("off_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_hook_endpoint_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hook_endpoint_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_endpoint")),
        sa.UniqueConstraint("organisation_id", "url", name=op.f("uq_hook_endpoint_organisation_id_url")),
    )
    with op.batch_alter_table("hook_endpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hook_endpoint_event_id"), ["event_id"], unique=False)

    op.create_table(
        "kitchen_sheet",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("number", WholeNumber, nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_kitchen_sheet_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kitchen_sheet")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_kitchen_sheet_event_id_number")),
    )
    op.create_table(
        "manifest_cursor",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("change", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_manifest_cursor_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "check_list", name=op.f("pk_manifest_cursor")),
    )
    op.create_table(
        "manifest_line",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("change", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_manifest_line_event_id_event")),
        sa.PrimaryKeyConstraint("code_hash", "check_list", name=op.f("pk_manifest_line")),
    )
    with op.batch_alter_table("manifest_line", schema=None) as batch_op:
        batch_op.create_index("ix_manifest_line_event", ["event_id", "check_list", "change"], unique=False)

    op.create_table(
        "membership",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'organiser', 'treasurer', 'door')", name=op.f("ck_membership_role")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_membership_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index("uq_membership_scope", ["account_id", "organisation_id", "event_id", "role"], unique=True)

    op.create_table(
        "pairing_code",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("may_sell", sa.Boolean(), nullable=False),
        sa.Column("may_comp", sa.Boolean(), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("created_by", WholeNumber, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("reusable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_pairing_code_created_by_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_pairing_code_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_code")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_pairing_code_code_digest")),
    )
    with op.batch_alter_table("pairing_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pairing_code_event_id"), ["event_id"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("booking", sa.String(), nullable=False),
        sa.Column("invitation", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_party_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("invitation", name=op.f("uq_party_invitation")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_event_id"), ["event_id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("entry_id", WholeNumber, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_posting_amount")),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name=op.f("fk_posting_entry_id_journal_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("position", WholeNumber, nullable=False),
        sa.Column("text", Json, nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("need", sa.String(), nullable=False),
        sa.Column("at_door", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('choice', 'yes_no', 'text')", name=op.f("ck_question_kind")),
        sa.CheckConstraint("need IN ('', 'later', 'now')", name=op.f("ck_question_need")),
        sa.CheckConstraint("scope IN ('ticket', 'order')", name=op.f("ck_question_scope")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_question_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_event_id"), ["event_id"], unique=False)

    op.create_table(
        "raised",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("gifts", WholeNumber, nullable=False),
        sa.Column("benefits", WholeNumber, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_raised_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raised")),
        sa.UniqueConstraint("event_id", name=op.f("uq_raised_event_id")),
    )
    op.create_table(
        "receipt_run",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", WholeNumber, nullable=True),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("total", WholeNumber, nullable=False),
        sa.Column("done", WholeNumber, nullable=False),
        sa.Column("issued", WholeNumber, nullable=False),
        sa.Column("reached", WholeNumber, nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('evening', 'year')", name=op.f("ck_receipt_run_kind")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_receipt_run_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_receipt_run_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_run")),
    )
    with op.batch_alter_table("receipt_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_run_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "return_terms",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("share_bp", WholeNumber, nullable=False),
        sa.Column("gifts_stay", sa.Boolean(), nullable=False),
        sa.CheckConstraint("share_bp BETWEEN 1 AND 10000", name=op.f("ck_return_terms_share")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_return_terms_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_return_terms")),
    )
    op.create_table(
        "ticket_type",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("position", WholeNumber, nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("description", Json, nullable=False),
        sa.Column("price", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("bundle_size", WholeNumber, nullable=False),
        sa.Column("min_per_order", WholeNumber, nullable=False),
        sa.Column("max_per_order", WholeNumber, nullable=False),
        sa.Column("sales_start_at", UtcDateTime(), nullable=True),
        sa.Column("sales_end_at", UtcDateTime(), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("refund_by_seat", sa.Boolean(), nullable=False),
        sa.Column("version", WholeNumber, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.CheckConstraint("benefit >= 0 AND benefit <= price", name=op.f("ck_ticket_type_benefit")),
        sa.CheckConstraint("bundle_size >= 1", name=op.f("ck_ticket_type_bundle")),
        sa.CheckConstraint(
            "min_per_order >= 1 AND min_per_order <= max_per_order", name=op.f("ck_ticket_type_per_order")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_ticket_type_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_type")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ticket_type_public_id")),
    )
    with op.batch_alter_table("ticket_type", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_type_event_id"), ["event_id"], unique=False)

    op.create_table(
        "api_request",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("token_id", WholeNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("status", WholeNumber, nullable=True),
        sa.Column("answer", Json, nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_api_request_token_id_api_token")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_request")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_api_request_token_id_key")),
    )
    op.create_table(
        "cash_deposit",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("banked_on", sa.Date(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("takes_back", WholeNumber, nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_deposit_amount")),
        sa.ForeignKeyConstraint(["event_id"], ["drawer.event_id"], name=op.f("fk_cash_deposit_event_id_drawer")),
        sa.ForeignKeyConstraint(
            ["takes_back"], ["cash_deposit.id"], name=op.f("fk_cash_deposit_takes_back_cash_deposit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_deposit")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_cash_deposit_event_id_key")),
        sa.UniqueConstraint("takes_back", name=op.f("uq_cash_deposit_takes_back")),
    )
    op.create_table(
        "catering",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("cut_off_at", UtcDateTime(), nullable=True),
        sa.Column("dishes_id", WholeNumber, nullable=True),
        sa.Column("guaranteed", WholeNumber, nullable=False),
        sa.Column("cover_price", WholeNumber, nullable=False),
        sa.CheckConstraint("guaranteed >= 0 AND cover_price >= 0", name=op.f("ck_catering_not_negative")),
        sa.ForeignKeyConstraint(["dishes_id"], ["question.id"], name=op.f("fk_catering_dishes_id_question")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_catering_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_catering")),
    )
    op.create_table(
        "discount_code_ticket_type",
        sa.Column("discount_code_id", WholeNumber, nullable=False),
        sa.Column("ticket_type_id", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_code_id"],
            ["discount_code.id"],
            name=op.f("fk_discount_code_ticket_type_discount_code_id_discount_code"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_discount_code_ticket_type_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("discount_code_id", "ticket_type_id", name=op.f("pk_discount_code_ticket_type")),
    )
    op.create_table(
        "drawer_count",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("round", WholeNumber, nullable=False),
        sa.Column("place", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("pieces", Json, nullable=False),
        sa.Column("total", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_drawer_count_place")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_drawer_count_total")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_drawer_count_account_id_account")),
        sa.ForeignKeyConstraint(["event_id"], ["drawer.event_id"], name=op.f("fk_drawer_count_event_id_drawer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawer_count")),
        sa.UniqueConstraint("event_id", "round", "account_id", name=op.f("uq_drawer_count_event_id_round_account_id")),
        sa.UniqueConstraint("event_id", "round", "place", name=op.f("uq_drawer_count_event_id_round_place")),
    )
    op.create_table(
        "drawer_paper",
        sa.Column("event_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["drawer.event_id"], name=op.f("fk_drawer_paper_event_id_drawer")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_drawer_paper")),
    )
    op.create_table(
        "drawer_signature",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("round", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_drawer_signature_account_id_account")),
        sa.ForeignKeyConstraint(["event_id"], ["drawer.event_id"], name=op.f("fk_drawer_signature_event_id_drawer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawer_signature")),
        sa.UniqueConstraint(
            "event_id",
            "round",
            "account_id",
            "statement",
            name=op.f("uq_drawer_signature_event_id_round_account_id_statement"),
        ),
    )
    op.create_table(
        "gallery_file",
        sa.Column("picture_id", WholeNumber, nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("size IN ('small', 'wide') AND kind IN ('avif', 'jpg')", name=op.f("ck_gallery_file_form")),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["gallery_picture.id"], name=op.f("fk_gallery_file_picture_id_gallery_picture")
        ),
        sa.PrimaryKeyConstraint("picture_id", "size", "kind", name=op.f("pk_gallery_file")),
    )
    op.create_table(
        "guard_origin",
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_guard_origin_party_id_party")),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_guard_origin")),
    )
    with op.batch_alter_table("guard_origin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guard_origin_key"), ["key"], unique=False)

    op.create_table(
        "guest_batch",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("table_id", WholeNumber, nullable=True),
        sa.Column("table_number", WholeNumber, nullable=True),
        sa.Column("total", WholeNumber, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "act <> 'send' OR state IN ('going', 'done')", name=op.f("ck_guest_batch_letters_stay_sent")
        ),
        sa.CheckConstraint("act IN ('table', 'mark', 'send')", name=op.f("ck_guest_batch_act")),
        sa.CheckConstraint("state IN ('going', 'done', 'undoing', 'undone')", name=op.f("ck_guest_batch_state")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_guest_batch_event_id_event")),
        sa.ForeignKeyConstraint(
            ["table_id"], ["dining_table.id"], name=op.f("fk_guest_batch_table_id_dining_table"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_batch")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_guest_batch_event_id_key")),
    )
    with op.batch_alter_table("guest_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_batch_table_id"), ["table_id"], unique=False)

    op.create_table(
        "hook_delivery",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("endpoint_id", WholeNumber, nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("put_at", UtcDateTime(), nullable=False),
        sa.Column("tries", WholeNumber, nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("code", WholeNumber, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name=op.f("ck_hook_delivery_state")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["hook_endpoint.id"], name=op.f("fk_hook_delivery_endpoint_id_hook_endpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_delivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_hook_delivery_message_id")),
    )
    with op.batch_alter_table("hook_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_hook_delivery_endpoint", ["endpoint_id", "id"], unique=False)

    op.create_table(
        "hosted_table",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("invitation", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_hosted_table_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosted_table")),
        sa.UniqueConstraint("bundle_id", name=op.f("uq_hosted_table_bundle_id")),
        sa.UniqueConstraint("invitation", name=op.f("uq_hosted_table_invitation")),
    )
    with op.batch_alter_table("hosted_table", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hosted_table_party_id"), ["party_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("organisation_id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total", WholeNumber, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('held', 'waiting', 'processing', 'paid', 'expired', 'failed', 'cancelled', 'refunded', 'partly_refunded', 'refund_due', 'needs_review')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint("way IN ('stripe', 'cash', 'door', 'transfer', 'comp', 'free')", name=op.f("ck_orders_way")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_orders_total")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_orders_event_id_event")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_orders_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_orders_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_orders_organisation_id_code")),
        sa.UniqueConstraint("party_id", name=op.f("uq_orders_party_id")),
        sa.UniqueConstraint("token", name=op.f("uq_orders_token")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_status"), ["status"], unique=False)

    op.create_table(
        "party_answer",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("question_id", WholeNumber, nullable=False),
        sa.Column("choice", WholeNumber, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("given_to", sa.String(), nullable=False),
        sa.CheckConstraint("(choice IS NULL) <> (words = '')", name=op.f("ck_party_answer_one_of_both")),
        sa.CheckConstraint("choice >= 0", name=op.f("ck_party_answer_choice")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_answer_party_id_party")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_party_answer_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_answer")),
        sa.UniqueConstraint("party_id", "question_id", name=op.f("uq_party_answer_party_id_question_id")),
    )
    with op.batch_alter_table("party_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_answer_question_id"), ["question_id"], unique=False)

    op.create_table(
        "quota",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", WholeNumber, nullable=False),
        sa.Column("held", WholeNumber, nullable=False),
        sa.Column("sold", WholeNumber, nullable=False),
        sa.Column("keeper_id", WholeNumber, nullable=True),
        sa.Column("mark", sa.String(), nullable=False),
        sa.CheckConstraint("held + sold <= size", name=op.f("ck_quota_not_overbooked")),
        sa.CheckConstraint("held >= 0 AND sold >= 0 AND size >= 0", name=op.f("ck_quota_not_negative")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_quota_event_id_event")),
        sa.ForeignKeyConstraint(["keeper_id"], ["party.id"], name=op.f("fk_quota_keeper_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
    )
    with op.batch_alter_table("quota", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_event_id"), ["event_id"], unique=False)

    op.create_table(
        "table_code",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("table_id", WholeNumber, nullable=True),
        sa.Column("label_then", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_table_code_event_id_event")),
        sa.ForeignKeyConstraint(
            ["table_id"], ["dining_table.id"], name=op.f("fk_table_code_table_id_dining_table"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_code")),
        sa.UniqueConstraint("name", name=op.f("uq_table_code_name")),
        sa.UniqueConstraint("token", name=op.f("uq_table_code_token")),
    )
    with op.batch_alter_table("table_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_table_code_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_table_code_table_id"), ["table_id"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("ticket_type_id", WholeNumber, nullable=False),
        sa.Column("bundle_id", sa.String(), nullable=True),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("number", WholeNumber, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("guest_name", sa.String(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("status IN ('valid', 'unpaid', 'void', 'replaced')", name=op.f("ck_ticket_status")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_ticket_event_id_event")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_ticket_party_id_party")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_ticket_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("code", name=op.f("uq_ticket_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_ticket_code_hash")),
        sa.UniqueConstraint("event_id", "number", name=op.f("uq_ticket_event_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_ticket_token")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_party_id"), ["party_id"], unique=False)

    op.create_table(
        "waiting_line",
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("offer_hours", WholeNumber, nullable=False),
        sa.CheckConstraint("offer_hours BETWEEN 1 AND 168", name=op.f("ck_waiting_line_offer_hours")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_waiting_line_event_id_event")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_waiting_line_party_id_party")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_waiting_line")),
        sa.UniqueConstraint("party_id", name=op.f("uq_waiting_line_party_id")),
    )
    op.create_table(
        "admission",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("device_id", WholeNumber, nullable=True),
        sa.Column("entered_by", WholeNumber, nullable=True),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("device_at", UtcDateTime(), nullable=True),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("undoes", WholeNumber, nullable=True),
        sa.CheckConstraint("(device_id IS NULL) <> (entered_by IS NULL)", name=op.f("ck_admission_by_one")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_admission_device_id_device")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_admission_entered_by_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_admission_event_id_event")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_admission_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["undoes"], ["admission.id"], name=op.f("fk_admission_undoes_admission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    with op.batch_alter_table("admission", schema=None) as batch_op:
        batch_op.create_index("ix_admission_scan", ["event_id", "scan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_admission_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "uq_admission_undoes",
            ["undoes"],
            unique=True,
            sqlite_where=sa.text("undoes IS NOT NULL"),
            postgresql_where=sa.text("undoes IS NOT NULL"),
        )

    op.create_table(
        "anonymity",
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_anonymity_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_anonymity")),
    )
    op.create_table(
        "answer",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=False),
        sa.Column("question_id", WholeNumber, nullable=False),
        sa.Column("choice", WholeNumber, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("given_to", sa.String(), nullable=False),
        sa.CheckConstraint("(choice IS NULL) <> (words = '')", name=op.f("ck_answer_one_of_both")),
        sa.CheckConstraint("choice >= 0", name=op.f("ck_answer_choice")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_answer_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("ticket_id", "question_id", name=op.f("uq_answer_ticket_id_question_id")),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_question_id"), ["question_id"], unique=False)

    op.create_table(
        "arrangement",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("way IN ('cash', 'door', 'transfer', 'comp')", name=op.f("ck_arrangement_way")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_arrangement_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangement")),
        sa.UniqueConstraint("order_id", name=op.f("uq_arrangement_order_id")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("polled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('creating', 'open', 'complete', 'expired', 'failed', 'closed')", name=op.f("ck_attempt_status")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_attempt_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_attempt_idempotency_key")),
        sa.UniqueConstraint("session_id", name=op.f("uq_attempt_session_id")),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_status"), ["status"], unique=False)
        batch_op.create_index(
            "uq_attempt_live",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('creating', 'open')"),
            postgresql_where=sa.text("status IN ('creating', 'open')"),
        )

    op.create_table(
        "batch_guest",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("batch_id", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("mark_before", sa.String(), nullable=False),
        sa.Column("table_before_id", WholeNumber, nullable=True),
        sa.Column("table_before", WholeNumber, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'done', 'same', 'refused', 'back', 'kept')", name=op.f("ck_batch_guest_outcome")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["guest_batch.id"], name=op.f("fk_batch_guest_batch_id_guest_batch")),
        sa.ForeignKeyConstraint(
            ["table_before_id"],
            ["dining_table.id"],
            name=op.f("fk_batch_guest_table_before_id_dining_table"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_batch_guest_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_guest")),
        sa.UniqueConstraint("batch_id", "ticket_id", name=op.f("uq_batch_guest_batch_id_ticket_id")),
    )
    with op.batch_alter_table("batch_guest", schema=None) as batch_op:
        batch_op.create_index("ix_batch_guest_next", ["batch_id", "outcome", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_guest_table_before_id"), ["table_before_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_batch_guest_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "confirmation",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_confirmation_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("digest", name=op.f("uq_confirmation_digest")),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_confirmation_order_id"), ["order_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_conflict_event_id_event")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_conflict_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        sa.UniqueConstraint("event_id", "scan_id", name=op.f("uq_conflict_event_id_scan_id")),
    )
    op.create_table(
        "consent",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("organiser IN ('own', 'co')", name=op.f("ck_consent_organiser")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_consent_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_consent_alive",
            ["order_id", "organiser"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "dedication",
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('honour', 'memory')", name=op.f("ck_dedication_kind")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_dedication_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_dedication")),
    )
    op.create_table(
        "discount_use",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("code_id", WholeNumber, nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('held', 'kept', 'released')", name=op.f("ck_discount_use_status")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_discount_use_amount")),
        sa.ForeignKeyConstraint(["code_id"], ["discount_code.id"], name=op.f("fk_discount_use_code_id_discount_code")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_discount_use_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_use")),
        sa.UniqueConstraint("order_id", name=op.f("uq_discount_use_order_id")),
    )
    with op.batch_alter_table("discount_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_discount_use_code_id"), ["code_id"], unique=False)

    op.create_table(
        "donor_details",
        sa.Column("order_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("house", sa.String(), nullable=False),
        sa.Column("street", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("town", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=False),
        sa.Column("declaration", sa.String(), nullable=False),
        sa.Column("declared_at", UtcDateTime(), nullable=True),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_donor_details_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_donor_details")),
    )
    op.create_table(
        "door_sale",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("sale_id", sa.String(), nullable=False),
        sa.Column("device_id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("seller", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("way IN ('cash', 'card', 'comp')", name=op.f("ck_door_sale_way")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_door_sale_device_id_device")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_door_sale_event_id_event")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_door_sale_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_sale")),
        sa.UniqueConstraint("event_id", "sale_id", name=op.f("uq_door_sale_event_id_sale_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_door_sale_order_id")),
    )
    with op.batch_alter_table("door_sale", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_door_sale_device_id"), ["device_id"], unique=False)

    op.create_table(
        "email_change",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("email_before", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_email_change_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
        sa.UniqueConstraint("digest", name=op.f("uq_email_change_digest")),
    )
    with op.batch_alter_table("email_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_email_change_order_id"), ["order_id"], unique=False)

    op.create_table(
        "guard_sent_form",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_guard_sent_form_order_id_orders")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_guard_sent_form")),
    )
    op.create_table(
        "guest",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("table_name", sa.String(), nullable=True),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("diet", sa.String(), nullable=False),
        sa.Column("allergies", Json, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("staff_note", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "diet IN ('', 'vegetarian', 'vegan', 'no_pork', 'halal', 'kosher', 'gluten_free', 'child')",
            name=op.f("ck_guest_diet"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_guest_party_id_party")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_guest_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_guest_ticket_id")),
    )
    with op.batch_alter_table("guest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guest_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guest_table_name"), ["table_name"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=False),
        sa.Column("quota_id", WholeNumber, nullable=False),
        sa.Column("seats", WholeNumber, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('held', 'sold', 'released')", name=op.f("ck_hold_status")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_hold_seats")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_hold_party_id_party")),
        sa.ForeignKeyConstraint(["quota_id"], ["quota.id"], name=op.f("fk_hold_quota_id_quota")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("party_id", "quota_id", name=op.f("uq_hold_party_id_quota_id")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_quota_id"), ["quota_id"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("series_id", WholeNumber, nullable=False),
        sa.Column("sequence", WholeNumber, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoice_order_id_orders")),
        sa.ForeignKeyConstraint(["series_id"], ["invoice_series.id"], name=op.f("fk_invoice_series_id_invoice_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoice_order_id")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_invoice_series_id_sequence")),
    )
    op.create_table(
        "order_code",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("failures", WholeNumber, nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_code_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_code")),
    )
    with op.batch_alter_table("order_code", schema=None) as batch_op:
        batch_op.create_index("ix_order_code_order", ["order_id", "created_at"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("ticket_type_id", WholeNumber, nullable=True),
        sa.Column("bundle_id", sa.String(), nullable=True),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("gift", WholeNumber, nullable=False),
        sa.Column("comped", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=True),
        sa.Column("back_benefit", WholeNumber, nullable=False),
        sa.Column("back_gift", WholeNumber, nullable=False),
        sa.Column("back_fee", WholeNumber, nullable=False),
        sa.Column("turned", WholeNumber, nullable=False),
        sa.Column("seat_given_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind <> 'fee_cover' OR benefit + gift = 0", name=op.f("ck_order_line_fee_cover")),
        sa.CheckConstraint("kind = 'fee_cover' OR amount = benefit + gift", name=op.f("ck_order_line_split")),
        sa.CheckConstraint("kind IN ('ticket', 'gift', 'fee_cover')", name=op.f("ck_order_line_kind")),
        sa.CheckConstraint("amount >= 0 AND benefit >= 0 AND gift >= 0", name=op.f("ck_order_line_not_negative")),
        sa.CheckConstraint(
            "back_benefit >= 0 AND back_benefit + turned <= benefit", name=op.f("ck_order_line_back_benefit")
        ),
        sa.CheckConstraint(
            "back_fee >= 0 AND back_fee <= amount - benefit - gift", name=op.f("ck_order_line_back_fee")
        ),
        sa.CheckConstraint("back_gift >= 0 AND back_gift <= gift + turned", name=op.f("ck_order_line_back_gift")),
        sa.CheckConstraint("comped >= 0 AND (comped = 0 OR amount = 0)", name=op.f("ck_order_line_comped")),
        sa.CheckConstraint(
            "turned >= 0 AND (turned = 0 OR seat_given_at IS NOT NULL)", name=op.f("ck_order_line_turned")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_line_order_id_orders")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_order_line_ticket_id_ticket")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_order_line_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_order_line_ticket_id")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_status",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_status_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_status")),
    )
    with op.batch_alter_table("order_status", schema=None) as batch_op:
        batch_op.create_index("ix_order_status_order", ["order_id", "id"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("refunded", WholeNumber, nullable=False),
        sa.Column("lost", WholeNumber, nullable=False),
        sa.CheckConstraint("outcome IN ('fulfilled', 'refund_due', 'needs_review')", name=op.f("ck_payment_outcome")),
        sa.CheckConstraint(
            "refunded >= 0 AND lost >= 0 AND refunded + lost <= amount", name=op.f("ck_payment_never_more_than_paid")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_reference")),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_payment_fulfilling",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("outcome = 'fulfilled'"),
            postgresql_where=sa.text("outcome = 'fulfilled'"),
        )

    op.create_table(
        "pledge",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("code_id", WholeNumber, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("form_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("paddle", sa.String(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("reminders", WholeNumber, nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.Column("order_id", WholeNumber, nullable=True),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_why <> '') OR status = 'paid'", name=op.f("ck_pledge_withdrawn")
        ),
        sa.CheckConstraint("status <> 'paid' OR order_id IS NOT NULL", name=op.f("ck_pledge_paid")),
        sa.CheckConstraint("status IN ('promised', 'paid', 'withdrawn', 'lapsed')", name=op.f("ck_pledge_status")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_pledge_amount")),
        sa.CheckConstraint("reminders >= 0", name=op.f("ck_pledge_reminders")),
        sa.ForeignKeyConstraint(["code_id"], ["table_code.id"], name=op.f("fk_pledge_code_id_table_code")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_pledge_event_id_event")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_pledge_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("form_key", name=op.f("uq_pledge_form_key")),
        sa.UniqueConstraint("order_id", name=op.f("uq_pledge_order_id")),
        sa.UniqueConstraint("token", name=op.f("uq_pledge_token")),
    )
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_code_id"), ["code_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_status"), ["status"], unique=False)

    op.create_table(
        "presence",
        sa.Column("ticket_id", WholeNumber, nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_presence_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "check_list", name=op.f("pk_presence")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("series_id", WholeNumber, nullable=False),
        sa.Column("sequence", WholeNumber, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("donor_name", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("paid", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("eligible", WholeNumber, nullable=False),
        sa.Column("tolerated", WholeNumber, nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=False),
        sa.Column("replaces_id", WholeNumber, nullable=True),
        sa.CheckConstraint("state IN ('issued', 'cancelled', 'contested')", name=op.f("ck_receipt_state")),
        sa.CheckConstraint(
            "eligible >= 0 AND paid >= 0 AND benefit >= 0 AND eligible <= paid", name=op.f("ck_receipt_not_negative")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_receipt_order_id_orders")),
        sa.ForeignKeyConstraint(["replaces_id"], ["receipt.id"], name=op.f("fk_receipt_replaces_id_receipt")),
        sa.ForeignKeyConstraint(["series_id"], ["receipt_series.id"], name=op.f("fk_receipt_series_id_receipt_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_receipt_replaces_id")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_receipt_series_id_sequence")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_order_id"), ["order_id"], unique=False)

    op.create_table(
        "scan",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("device_id", WholeNumber, nullable=True),
        sa.Column("entered_by", WholeNumber, nullable=True),
        sa.Column("ticket_id", WholeNumber, nullable=True),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("check_list", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("device_at", UtcDateTime(), nullable=True),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("answer", Json, nullable=False),
        sa.CheckConstraint("verdict IN ('admitted', 'refused', 'needs')", name=op.f("ck_scan_verdict")),
        sa.CheckConstraint("(device_id IS NULL) <> (entered_by IS NULL)", name=op.f("ck_scan_by_one")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_scan_device_id_device")),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_scan_entered_by_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_scan_event_id_event")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_scan_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("event_id", "scan_id", name=op.f("uq_scan_event_id_scan_id")),
    )
    op.create_table(
        "table_gift",
        sa.Column("order_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("code_id", WholeNumber, nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["table_code.id"], name=op.f("fk_table_gift_code_id_table_code")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_table_gift_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_table_gift")),
    )
    with op.batch_alter_table("table_gift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_table_gift_code_id"), ["code_id"], unique=False)

    op.create_table(
        "ticket_type_quota",
        sa.Column("ticket_type_id", WholeNumber, nullable=False),
        sa.Column("quota_id", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["quota_id"], ["quota.id"], name=op.f("fk_ticket_type_quota_quota_id_quota")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_ticket_type_quota_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("ticket_type_id", "quota_id", name=op.f("pk_ticket_type_quota")),
    )
    op.create_table(
        "turn",
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("since", WholeNumber, nullable=False),
        sa.Column("at", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_turn_order_id_orders")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_turn")),
    )
    op.create_table(
        "waiting",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("ticket_type_id", WholeNumber, nullable=False),
        sa.Column("count", WholeNumber, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("passed", WholeNumber, nullable=False),
        sa.Column("saved_since", UtcDateTime(), nullable=True),
        sa.Column("offers", WholeNumber, nullable=False),
        sa.Column("party_id", WholeNumber, nullable=True),
        sa.Column("offered_at", UtcDateTime(), nullable=True),
        sa.Column("offered_until", UtcDateTime(), nullable=True),
        sa.Column("order_id", WholeNumber, nullable=True),
        sa.CheckConstraint(
            "status <> 'offered' OR (party_id IS NOT NULL AND offered_until IS NOT NULL)", name=op.f("ck_waiting_offer")
        ),
        sa.CheckConstraint("status <> 'taken' OR order_id IS NOT NULL", name=op.f("ck_waiting_taken")),
        sa.CheckConstraint(
            "status IN ('unconfirmed', 'waiting', 'offered', 'taken', 'lapsed', 'left', 'removed', 'over')",
            name=op.f("ck_waiting_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('waiting', 'offered') OR joined_at IS NOT NULL", name=op.f("ck_waiting_joined")
        ),
        sa.CheckConstraint("count >= 1", name=op.f("ck_waiting_count")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_waiting_event_id_event")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_waiting_order_id_orders")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_waiting_party_id_party")),
        sa.ForeignKeyConstraint(
            ["ticket_type_id"], ["ticket_type.id"], name=op.f("fk_waiting_ticket_type_id_ticket_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("party_id", name=op.f("uq_waiting_party_id")),
    )
    with op.batch_alter_table("waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_waiting_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_waiting_place",
            ["event_id", "email"],
            unique=True,
            sqlite_where=sa.text("status IN ('unconfirmed', 'waiting', 'offered')"),
            postgresql_where=sa.text("status IN ('unconfirmed', 'waiting', 'offered')"),
        )

    op.create_table(
        "conflict_resolution",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("conflict_id", WholeNumber, nullable=False),
        sa.Column("account_id", WholeNumber, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.CheckConstraint(
            "finding IN ('same_guest', 'two_guests', 'in_order', 'not_in_order')",
            name=op.f("ck_conflict_resolution_finding"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_conflict_resolution_account_id_account")),
        sa.ForeignKeyConstraint(
            ["conflict_id"], ["conflict.id"], name=op.f("fk_conflict_resolution_conflict_id_conflict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_resolution")),
        sa.UniqueConstraint("conflict_id", name=op.f("uq_conflict_resolution_conflict_id")),
    )
    op.create_table(
        "dispute",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("payment_id", WholeNumber, nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("away", WholeNumber, nullable=False),
        sa.Column("taken", WholeNumber, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("due_by", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('warning_needs_response', 'warning_under_review', 'needs_response', 'under_review', 'won', 'lost', 'warning_closed', 'prevented')",
            name=op.f("ck_dispute_status"),
        ),
        sa.CheckConstraint("amount > 0 AND away >= 0 AND away <= amount", name=op.f("ck_dispute_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_dispute_order_id_orders")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_dispute_stripe_id")),
    )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "pledge_status",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("pledge_id", WholeNumber, nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_pledge_status_pledge_id_pledge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge_status")),
    )
    with op.batch_alter_table("pledge_status", schema=None) as batch_op:
        batch_op.create_index("ix_pledge_status_pledge", ["pledge_id", "id"], unique=False)

    op.create_table(
        "receipt_paper",
        sa.Column("receipt_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_paper_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_paper")),
    )
    op.create_table(
        "receipt_part",
        sa.Column("receipt_id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("paid", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("eligible", WholeNumber, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_receipt_part_order_id_orders")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_part_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("receipt_id", "order_id", name=op.f("pk_receipt_part")),
    )
    with op.batch_alter_table("receipt_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_part_order_id"), ["order_id"], unique=False)

    op.create_table(
        "receipt_record",
        sa.Column("receipt_id", WholeNumber, autoincrement=False, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_record_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt_record")),
    )
    op.create_table(
        "refund",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("order_id", WholeNumber, nullable=False),
        sa.Column("payment_id", WholeNumber, nullable=False),
        sa.Column("amount", WholeNumber, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("refusal", sa.String(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("again_of", WholeNumber, nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'submitted', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled')",
            name=op.f("ck_refund_status"),
        ),
        sa.CheckConstraint(
            "why IN ('late', 'duplicate', 'review', 'lines', 'goodwill', 'external')", name=op.f("ck_refund_why")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount")),
        sa.ForeignKeyConstraint(["again_of"], ["refund.id"], name=op.f("fk_refund_again_of_refund")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refund_order_id_orders")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("again_of", name=op.f("uq_refund_again_of")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refund_idempotency_key")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_refund_stripe_id")),
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("table_id", WholeNumber, nullable=False),
        sa.Column("position", WholeNumber, nullable=False),
        sa.Column("guest_id", WholeNumber, nullable=True),
        sa.CheckConstraint("position >= 1 AND position <= 40", name=op.f("ck_seat_position")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_seat_guest_id_guest")),
        sa.ForeignKeyConstraint(["table_id"], ["dining_table.id"], name=op.f("fk_seat_table_id_dining_table")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("guest_id", name=op.f("uq_seat_guest_id")),
        sa.UniqueConstraint("table_id", "position", name=op.f("uq_seat_table_id_position")),
    )
    op.create_table(
        "seating_wish",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("event_id", WholeNumber, nullable=False),
        sa.Column("guest_id", WholeNumber, nullable=False),
        sa.Column("other_id", WholeNumber, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('next_to', 'not_with')", name=op.f("ck_seating_wish_kind")),
        sa.CheckConstraint("guest_id < other_id", name=op.f("ck_seating_wish_order")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_seating_wish_event_id_event")),
        sa.ForeignKeyConstraint(["guest_id"], ["guest.id"], name=op.f("fk_seating_wish_guest_id_guest")),
        sa.ForeignKeyConstraint(["other_id"], ["guest.id"], name=op.f("fk_seating_wish_other_id_guest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seating_wish")),
        sa.UniqueConstraint("guest_id", "other_id", name=op.f("uq_seating_wish_guest_id_other_id")),
    )
    with op.batch_alter_table("seating_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seating_wish_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_seating_wish_other_id"), ["other_id"], unique=False)

    op.create_table(
        "waiting_link",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("waiting_id", WholeNumber, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting.id"], name=op.f("fk_waiting_link_waiting_id_waiting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_waiting_link_digest")),
    )
    with op.batch_alter_table("waiting_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiting_link_waiting_id"), ["waiting_id"], unique=False)

    op.create_table(
        "dispute_line",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("dispute_id", WholeNumber, nullable=False),
        sa.Column("order_line_id", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("gift", WholeNumber, nullable=False),
        sa.Column("fee", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=True),
        sa.CheckConstraint("benefit >= 0 AND gift >= 0 AND fee >= 0", name=op.f("ck_dispute_line_not_negative")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_line_dispute_id_dispute")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_dispute_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_dispute_line_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_line")),
        sa.UniqueConstraint("dispute_id", "order_line_id", name=op.f("uq_dispute_line_dispute_id_order_line_id")),
    )
    with op.batch_alter_table("dispute_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_line_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_line_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_line_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "refund_line",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("refund_id", WholeNumber, nullable=False),
        sa.Column("order_line_id", WholeNumber, nullable=False),
        sa.Column("benefit", WholeNumber, nullable=False),
        sa.Column("gift", WholeNumber, nullable=False),
        sa.Column("fee", WholeNumber, nullable=False),
        sa.Column("ticket_id", WholeNumber, nullable=True),
        sa.CheckConstraint("benefit >= 0 AND gift >= 0 AND fee >= 0", name=op.f("ck_refund_line_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_refund_line_order_line_id_order_line")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_line_refund_id_refund")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_refund_line_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_line")),
        sa.UniqueConstraint("refund_id", "order_line_id", name=op.f("uq_refund_line_refund_id_order_line_id")),
    )
    with op.batch_alter_table("refund_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_line_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_line_refund_id"), ["refund_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_line_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "refund_status",
        sa.Column("id", WholeNumber, nullable=False),
        sa.Column("refund_id", WholeNumber, nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_status_refund_id_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_status")),
    )
    with op.batch_alter_table("refund_status", schema=None) as batch_op:
        batch_op.create_index("ix_refund_status_refund", ["refund_id", "id"], unique=False)
    for table in APPEND_ONLY:
        append_only(table)


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first schema")
