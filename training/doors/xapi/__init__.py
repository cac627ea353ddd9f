"""The door of xAPI statements (versions 1.0.3 and 2.0): checked, kept as they came, and those that end a course recorded.

    checking     what the standard asks of a statement
    reading      a statement as an attempt: completed, passed, failed
    storing      kept once by its id; one that takes another back is told to a person
    credentials  keys and secrets of learning systems

The portal is a receiver and no learning record store: it takes statements (PUT, POST) and gives back single ones by
their id. Other resources of the standard, queries, attachments and the alternate request syntax are not offered.
"""
