"""LEARNED WHAT: courses, who needs them, what was done, and the papers about it."""

from training.models.course import Course, CourseEquivalence, CourseRule
from training.models.door import Door, MappedAccount, MappedCourse
from training.models.held import DoorRun, HeldResult
from training.models.learning import LearningAccount
from training.models.practice import PracticeCase
from training.models.pull import Pull
from training.models.record import (
    Certificate,
    CertificateFile,
    Completion,
    CompletionVoid,
    Evidence,
    Waiver,
)
from training.models.requirement import Because, Notice, OpenTraining, Requirement, UserAgreement
from training.models.session import Session, Signup
from training.models.upload import Upload
from training.models.xapi import Credential, Statement

__all__ = [
    "Because",
    "Certificate",
    "CertificateFile",
    "Completion",
    "CompletionVoid",
    "Course",
    "CourseEquivalence",
    "CourseRule",
    "Credential",
    "Door",
    "DoorRun",
    "Evidence",
    "HeldResult",
    "LearningAccount",
    "MappedAccount",
    "MappedCourse",
    "Notice",
    "OpenTraining",
    "PracticeCase",
    "Pull",
    "Requirement",
    "Session",
    "Signup",
    "Statement",
    "Upload",
    "UserAgreement",
    "Waiver",
]
