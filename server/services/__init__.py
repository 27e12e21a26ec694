"""The rules of the work, ordered by the work."""
