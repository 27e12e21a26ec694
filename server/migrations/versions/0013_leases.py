"""Leases, and what a database that processes share needs: whole numbers of 64 bits, and none that a column gives

Revision: 0013, after: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    lease = op.create_table(
        "lease",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("fence", WHOLE, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    if op.get_bind().dialect.name == "sqlite":
        return
    op.bulk_insert(lease, [{"name": "writer", "fence": 0}])
    for table, column in _whole_numbers():
        op.alter_column(table, column["name"], type_=sa.BigInteger())
        if column["name"] == "id":
            op.alter_column(table, "id", server_default=None)
            op.execute(sa.text(f"DROP SEQUENCE IF EXISTS {table}_id_seq"))


def _whole_numbers():
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            if isinstance(column["type"], sa.Integer):
                yield table, column


def downgrade() -> None:
    op.drop_table("lease")
