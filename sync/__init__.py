"""How a sealed record travels: envelopes, the protocol and its state machine. A pure library."""
