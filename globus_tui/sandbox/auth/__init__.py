"""Auth: who signs in, with which client, what they agreed to and which tokens come of it."""
