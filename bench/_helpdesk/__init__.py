"""django-helpdesk beside us: an environment and a database of its own, the same texts, the same server."""
