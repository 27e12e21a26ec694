"""The vault: a process of its own, the only one that opens envelopes.

``core`` holds the study's key while it is unlocked, ``process`` and ``server`` run it behind a Unix domain socket,
``client`` is what the rest of the application speaks to it with. ``keyfile`` keeps the key wrapped on the disk,
``audit`` keeps the chained log of every opening. Nothing here imports the database or the web.
"""
