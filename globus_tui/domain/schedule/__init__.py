"""When timers run, as the service counts it and as people type it."""
