"""Records that are sent back

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_return",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("instance", sa.String(length=128), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("interviewer", sa.String(length=128), nullable=False),
        sa.Column("parcel_hash", sa.String(length=64), nullable=False),
        sa.Column("parcel_size", sa.Integer(), nullable=False),
        sa.Column("comments", sa.LargeBinary(), nullable=False),
        sa.Column("after_item", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_record_return_device_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_return")),
    )
    op.create_index("ix_record_return_instance", "record_return", ["instance"], unique=False)
    op.create_index(
        "ix_item_replaces",
        "item",
        ["replaces"],
        unique=False,
        sqlite_where=sa.text("replaces IS NOT NULL"),
        postgresql_where=sa.text("replaces IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_item_replaces", table_name="item")
    op.drop_index("ix_record_return_instance", table_name="record_return")
    op.drop_table("record_return")
