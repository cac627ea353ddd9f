"""What proves an act later on: the chain of events, the statement, the passkey's signature, the clauses read."""
