"""The reports: pictures with their tables, the lists behind the figures, CSV."""
