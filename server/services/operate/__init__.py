"""Operating a place: making it, backing it up."""
