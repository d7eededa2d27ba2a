"""Papers: what each document of an agreement says, for templates/documents/ to set as PDF."""
