"""The engineers' queue and the lists of cases."""
