"""Where things rest: the database's tables, the writer and the blobs."""
