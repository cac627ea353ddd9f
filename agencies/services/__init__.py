"""Acts on people and agencies: keyword-only, `by=` who acts, atomic, each leaving its audit event."""
