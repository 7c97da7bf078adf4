"""What somebody is about to create, and what is checked of it before anything is sent."""
