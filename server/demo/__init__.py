"""The example study of ``feldbuch demo``."""
