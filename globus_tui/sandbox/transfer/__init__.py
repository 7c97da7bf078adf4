"""Transfer: collections, their files, tasks and their past."""
