"""Who may sign in, and who sees what."""
