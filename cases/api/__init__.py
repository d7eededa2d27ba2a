"""The API of cases: the same acts as the pages, for machines."""
