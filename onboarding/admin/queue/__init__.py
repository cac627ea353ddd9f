"""The queue of applications, and what is done with many of them at once."""
