"""News about training, for the app above."""

from django.dispatch import Signal

# Sent with: staff (Staff), when its training and user agreement came into force or fell out of force.
requirements_met = Signal()

# Sent with: person (User), made (bool), when an account at the learning site was asked for, and when it was made.
learning_account_news = Signal()
