"""Every word that a person reads can be translated."""
