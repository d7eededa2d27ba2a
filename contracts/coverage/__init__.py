"""Delegated coverage: End-Users' support agreements that a provider serves for its customer (SCL 8.4, Ex.C)."""
