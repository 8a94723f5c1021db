"""Google as it is reached: signing in, calls with patience, and a sentence for every failure."""
