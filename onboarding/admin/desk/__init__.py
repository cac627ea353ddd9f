"""The desk: what waits for whom, and the one search."""
