"""Scopes, consents, tokens and identities as values."""
