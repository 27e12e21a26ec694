"""A demo and tablets, as the tests of the whole way use them."""

from __future__ import annotations

from tests.e2e.conftest import demo, new_tablet

__all__ = ["demo", "new_tablet"]
