"""Records that go back to a tablet with comments: which, for whom, what comes along, and what became of them."""
