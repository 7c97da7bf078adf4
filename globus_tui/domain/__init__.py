"""What a timer is: frozen values and pure functions. No I/O, no clock, no terminal, no HTTP."""
