"""Bytes are counted from the index

Revision: 0011, after: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNPRUNED = {"sqlite_where": sa.text("pruned_at IS NULL"), "postgresql_where": sa.text("pruned_at IS NULL")}


def upgrade() -> None:
    op.drop_index("ix_item_unpruned", table_name="item", **UNPRUNED)
    op.create_index("ix_item_unpruned", "item", ["forward", "id", "body_size"], unique=False, **UNPRUNED)


def downgrade() -> None:
    op.drop_index("ix_item_unpruned", table_name="item", **UNPRUNED)
    op.create_index("ix_item_unpruned", "item", ["forward", "id"], unique=False, **UNPRUNED)
