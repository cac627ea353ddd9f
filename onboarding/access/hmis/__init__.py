"""The lists that go between the portal and the HMIS: what is to be done there, and who has an account there."""
