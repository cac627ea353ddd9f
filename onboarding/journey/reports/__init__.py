"""Numbers for the HMIS Admin: who is where, how long each step takes, what is decided. Each names the rows behind it."""
