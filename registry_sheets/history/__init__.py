"""What changed: a store of passes and of what they held."""
