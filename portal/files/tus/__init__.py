"""Resumable uploads by the tus protocol 1.0: creation, creation-with-upload, termination, expiration, checksum."""
