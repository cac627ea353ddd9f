"""What stands in the text of a memorandum."""

VALUES = {
    "hmis_name": "CT HMIS",
    "hmis_long_name": "Connecticut Homeless Management Information System",
    "lead_agency": "CT HMIS Lead Agency",
    "state_name": "Connecticut",
    "term_months": "36",
    "agency": "Harbor House, Inc.",
    "support_email": "help@hmis.example",
    "support_phone": "(860) 555-0142",
    "answer_within": "one business day",
}
