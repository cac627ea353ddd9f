"""The IRS register: lists of organizations that are loaded as files, and what they say of an EIN."""
