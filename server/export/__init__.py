"""Opening what was collected and writing it as files, in clear, to whom the vault has given a grant.

``records`` joins record and attachments and opens them, ``tables`` and ``csv`` make the tables, ``package`` puts all of
it into a zip (streamed, never on the disk) or a folder, ``report`` says what is in it and what is missing.
"""
