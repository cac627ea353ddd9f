"""The form of each section that is one form, filled from the application's answers."""

from copy import copy
from functools import partial
from typing import Any

from agencies.models import User
from onboarding.application import declaration
from onboarding.forms.application.declaration import DeclarationForm
from onboarding.forms.base import SectionForm
from onboarding.forms.readiness.form import ReadinessForm
from onboarding.forms.sections.agency import AgencyForm
from onboarding.forms.sections.people import PeopleForm
from onboarding.models import Upload
from onboarding.mou import agreement
from onboarding.readiness import helpers
from onboarding.sections import summaries
from onboarding.sections.answers import Answers


def agency_form(answers: Answers, user: User | None, **kwargs: object) -> SectionForm:
    proofs = answers.uploads_of(Upload.Kind.PROOF)
    # A copy: what was typed must not show as the agency's name before it is saved.
    return AgencyForm(
        instance=copy(answers.agency),
        application=answers.application,
        proofs=proofs,
        links=answers.links,
        **kwargs,
    )


def people_form(answers: Answers, user: User | None, **kwargs: object) -> SectionForm:
    return PeopleForm(
        application=answers.application,
        contacts=answers.contacts.values(),
        known=answers.known_people if user else (),  # nobody chooses while what is stored is judged
        mou=partial(agreement.latest, answers.agency) if user else None,
        **kwargs,
    )


def readiness_form(answers: Answers, user: User | None, **kwargs: Any) -> ReadinessForm:
    return ReadinessForm(
        application=answers.application,
        questions=answers.questions,
        answers=answers.readiness,
        known=answers.known,
        known_at=partial(summaries.known_at, answers),
        facts=answers.facts,
        files_of=answers.known_files,
        last_time=answers.last_time,
        as_stored=user is None,
        proposals=partial(helpers.by_question, answers.application)
        if answers.application.is_editable
        else dict,
        **kwargs,
    )


def declaration_form(answers: Answers, user: User | None, **kwargs: object) -> SectionForm:
    stands = declaration.stands(answers)
    return DeclarationForm(application=answers.application, user=user, stands=stands, **kwargs)
