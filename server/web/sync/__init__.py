"""The sync protocol over HTTP."""
