"""The service that runs every night: what is due, the loop that does it, and how a system starts it."""
