"""Cases: who is to be met again. ``reading`` takes them from CSV and tells all problems at once; ``keeping`` has them.

Cases are pseudonyms. What a list of them reveals stands in the threat model.
"""
