"""Dates in words and times with their zone, also where Django's own pages write them."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, g:i a T"
