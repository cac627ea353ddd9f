"""What each move of the transition tables asks for and brings about, by topic."""
