"""How the service runs: processes, health, figures, logs, copies elsewhere."""
