"""Between the reviewer and the agency: remarks while changes are asked for, the conditions of an approval."""
