"""What the tests of accounts type."""

PASSWORD = "quiet-harbor-lantern-9"
