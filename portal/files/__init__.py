"""Files that people send with what they write: uploads that resume, their check, their pages (ADR 53).

A room says where files may be sent (`places`) and who sees those of its subjects (`portal.attachments`).
"""
