"""What the portal tells people about agreements; a module a noun."""
