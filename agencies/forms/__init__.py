"""Forms about people and agencies, by topic."""
