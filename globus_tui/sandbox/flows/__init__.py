"""Flows: documents, runs, and who sees which."""
