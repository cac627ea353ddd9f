"""What the HMIS's own people use to help an agency: find it and its people, see why somebody cannot sign in, see its pages."""
