"""Timers as they are: what the service says of them, their runs, and what is made of both."""
