"""Every write about people: one function per use case."""

from heluo.kernel.people.actions.accounts import (
    activate_account,
    issue_activation_code,
    issue_activation_codes,
    set_password,
)
from heluo.kernel.people.actions.consent import give_consent, record_paper_consents, withdraw_consent
from heluo.kernel.people.actions.correcting import correct_person
from heluo.kernel.people.actions.duplicates import merge_people
from heluo.kernel.people.actions.enrolling import enrol_person, register_guardian
from heluo.kernel.people.actions.erasing import erase_account, erase_phone
from heluo.kernel.people.actions.handover import hand_over_people, take_pupils_along
from heluo.kernel.people.actions.identifiers import (
    formal_numbers_of_others,
    formalise_student_numbers,
    record_identifiers,
    reveal_identifier,
    reveal_identifiers,
    rotate_keys,
)
from heluo.kernel.people.actions.merging import compare_lists, merge_lists
from heluo.kernel.people.actions.moves import PupilMove, move_pupils
from heluo.kernel.people.actions.places import (
    appoint,
    assign_teachings,
    end_post,
    end_posts_at,
    end_teaching,
    join_classes,
    leave_class,
)
from heluo.kernel.people.actions.registration import end_guardianship, record_guardianships, register_people

__all__ = [
    "PupilMove",
    "activate_account",
    "appoint",
    "assign_teachings",
    "compare_lists",
    "correct_person",
    "end_guardianship",
    "end_post",
    "end_posts_at",
    "end_teaching",
    "enrol_person",
    "erase_account",
    "erase_phone",
    "formal_numbers_of_others",
    "formalise_student_numbers",
    "give_consent",
    "hand_over_people",
    "issue_activation_code",
    "issue_activation_codes",
    "join_classes",
    "leave_class",
    "merge_lists",
    "merge_people",
    "move_pupils",
    "record_guardianships",
    "record_identifiers",
    "record_paper_consents",
    "register_guardian",
    "register_people",
    "reveal_identifier",
    "reveal_identifiers",
    "rotate_keys",
    "set_password",
    "take_pupils_along",
    "withdraw_consent",
]
