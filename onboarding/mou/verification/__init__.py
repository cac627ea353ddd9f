"""What the verifier says, in words a person understands, of a file or of a reference."""

from onboarding.mou.verification.files import of_file
from onboarding.mou.verification.record import facts, of_reference
from onboarding.mou.verification.verdict import Verdict

__all__ = ["Verdict", "facts", "of_file", "of_reference"]
