"""The vault: a process of its own, the only one that opens envelopes."""
