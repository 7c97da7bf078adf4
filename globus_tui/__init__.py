"""globus_tui: a terminal console for Globus timers. Importing the package imports nothing else."""

__version__ = "0.1.0"
