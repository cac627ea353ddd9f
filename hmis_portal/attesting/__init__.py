"""Evidence that outlives the database: rows carry a mark that only who holds the portal's evidence key can make.

`marks` are of one row, the `chain` is of the record as a whole, `anchors` tell outside how far it went.
"""
