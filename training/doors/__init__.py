"""The doors that results come through: one fact, one matcher, one recorder.

    a door parses what it is given  →  Attempt  →  receive()  →  matcher  →  recorder (training.services.recording)
                                                             ↘  HeldResult, for a person to say what is missing

How a door is added:
1. A kind in `training.models.Door.Kind`, with the same value in `Completion.Source`. Each source that sends results is a
   row of Door, and its own identities (accounts, courses, results) count for that row alone.
2. A module here that turns what comes into `Attempt`s (`attempts`). It looks up nobody and records nothing: a person
   is an account or address as the source has it, a course its name or number there, a time an aware instant with the
   source's own words beside it (`moments` reads what people typed). What it cannot read it leaves empty.
3. `runs.running(door, by=…, about=…)` around `receive(attempts, door=door, by=by, run=run)` (`receiving`), which gives
   one `Outcome` for each attempt, in order. It is safe to repeat: what is known is known, what is held stays held once,
   what a person dropped stays dropped. It may be called with pieces; each is one transaction of its own.
4. Where what came must be kept as it was (statements, files), a model of the door's own.

What a door must not do: make people, match by name, void or remove a completion (a source that takes a result back
is told to a person: `holding.taken_back`), or let one bad row stop the others.
By hand is a door without a source: `receive(…, door=None)`. Evidence and the agreement's signature name a person of the
portal and so need no matcher: they call the recorder.
"""
