"""HUD HMIS data standards: lists of codes, project rules R1–R26 and the CSV of the project descriptor files."""
