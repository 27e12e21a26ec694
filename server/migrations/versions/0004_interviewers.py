"""Several interviewers on a tablet

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_interviewer",
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("interviewer", sa.String(length=128), nullable=False),
        sa.Column("encryption_key", sa.LargeBinary(), nullable=True),
        sa.Column("recovery", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"], name=op.f("fk_device_interviewer_device_device")),
        sa.PrimaryKeyConstraint("device", "interviewer", name=op.f("pk_device_interviewer")),
    )
    # Who was the only interviewer of a device is its first one.
    op.execute(
        "INSERT INTO device_interviewer (device, interviewer, encryption_key, since) "
        "SELECT id, interviewer, encryption_key, first_seen_at FROM device "
        "WHERE standing <> 'unknown' AND interviewer IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("device_interviewer")
