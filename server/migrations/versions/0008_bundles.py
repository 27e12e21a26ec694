"""What bundles leave behind

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bundled_at", sa.DateTime(), nullable=True))

    with op.batch_alter_table("node", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bundle_ask", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("bundle_sequence", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("peer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_sequence", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("bundle_written_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("bundle_read_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("peer", schema=None) as batch_op:
        batch_op.drop_column("bundle_read_at")
        batch_op.drop_column("bundle_written_at")
        batch_op.drop_column("answered_sequence")

    with op.batch_alter_table("node", schema=None) as batch_op:
        batch_op.drop_column("bundle_sequence")
        batch_op.drop_column("bundle_ask")

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.drop_column("bundled_at")
