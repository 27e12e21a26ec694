"""Secondary data: tables of public statistics, read from CSV, checked, and kept with where they come from.

``reading`` makes a ``Table`` of the bytes of a file and tells all problems at once; ``keeping`` stores it at central.
"""
