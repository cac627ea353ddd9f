"""What people do before a document counts: texts and requests, consent, reading, identity, acts, and the files of them."""
