"""What can be said of a file that somebody brings, and whether what is kept is still whole."""
