"""A pretend Globus: Auth, Transfer, Timers and Flows with state, on a simulated clock.

Nothing here knows the program that talks to it; official clients are meant to be unable to tell it apart.
"""
