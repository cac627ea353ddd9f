"""Pages about people and agencies, by topic."""
