"""What was done and what is still to be done, kept so that a crash loses and repeats nothing."""
