"""What a form version was published over

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_override",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["form_version.version"], name=op.f("fk_form_override_version_form_version")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_form_override")),
    )


def downgrade() -> None:
    op.drop_table("form_override")
