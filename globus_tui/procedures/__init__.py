"""What takes several steps and a person in between: signing in, repairing timers, creating one."""
