"""Every write to the two trees: one function per use case."""

from heluo.kernel.organisations.actions.batches import NewOrganisation, open_classes_at_schools, open_organisations
from heluo.kernel.organisations.actions.bureaus import found_bureaus
from heluo.kernel.organisations.actions.changing import (
    move_organisation,
    recode_school,
    record_facts,
    rename_organisation,
)
from heluo.kernel.organisations.actions.classes import NewClass, open_classes, plan_term
from heluo.kernel.organisations.actions.ending import close_organisation, reopen_organisation
from heluo.kernel.organisations.actions.joining import Outcome, merge_schools, split_school
from heluo.kernel.organisations.actions.opening import open_institution, open_school, open_teaching_point
from heluo.kernel.organisations.actions.steps import OrganisationFacts, subject_of

__all__ = [
    "NewClass",
    "NewOrganisation",
    "OrganisationFacts",
    "Outcome",
    "close_organisation",
    "found_bureaus",
    "merge_schools",
    "move_organisation",
    "open_classes",
    "open_classes_at_schools",
    "open_institution",
    "open_organisations",
    "open_school",
    "open_teaching_point",
    "plan_term",
    "recode_school",
    "record_facts",
    "rename_organisation",
    "reopen_organisation",
    "split_school",
    "subject_of",
]
