"""Errors as people meet them: every code has its text, its remedy and its HTTP status in one catalogue."""
