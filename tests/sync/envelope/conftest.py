"""Properties are not timed: a busy machine must not fail them."""

from hypothesis import settings

settings.register_profile("envelope", deadline=None)
settings.load_profile("envelope")
