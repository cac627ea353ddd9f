"""What two colleagues do on one page at the same time: who is there, who wrote what, and how it is put together."""
