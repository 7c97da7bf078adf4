"""The seeded facility behind the demo."""
