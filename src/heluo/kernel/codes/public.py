"""What the rest of the house calls."""

from heluo.kernel.codes.check_digits import (
    PersonalCode,
    PersonalCodeType,
    ResidentId,
    SchoolCode,
    Sex,
    formal_code,
    organisation_check,
    parse_personal_code,
    parse_platform_number,
    parse_resident_id,
    parse_school_code,
    parse_social_credit_code,
    platform_number,
    resident_check,
    self_coded_code,
    social_credit_check,
    temporary_code,
)
from heluo.kernel.codes.copying import copy_in, copy_into, copy_values
from heluo.kernel.codes.loading import day_or_none, rows_of, yes
from heluo.kernel.codes.minting import mint_identifier, reserve_ids
from heluo.kernel.codes.models import in_force
from heluo.kernel.codes.queries import code_of, code_set, code_set_at, code_sets, codes_of, figure, names_of

__all__ = [
    "PersonalCode",
    "PersonalCodeType",
    "ResidentId",
    "SchoolCode",
    "Sex",
    "code_of",
    "code_set",
    "code_set_at",
    "code_sets",
    "codes_of",
    "copy_in",
    "copy_into",
    "copy_values",
    "day_or_none",
    "figure",
    "formal_code",
    "in_force",
    "mint_identifier",
    "names_of",
    "organisation_check",
    "parse_personal_code",
    "parse_platform_number",
    "parse_resident_id",
    "parse_school_code",
    "parse_social_credit_code",
    "platform_number",
    "reserve_ids",
    "resident_check",
    "rows_of",
    "self_coded_code",
    "social_credit_check",
    "temporary_code",
    "yes",
]
