"""Clocks

Revision: 0012, after: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("device", "node"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("clock_ahead", sa.Integer(), nullable=True))


def downgrade() -> None:
    for table in ("node", "device"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("clock_ahead")
