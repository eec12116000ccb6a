"""The objects of the OneRoster 1.2 Rostering Service as JSON Schema, after the published OpenAPI document.

Names, types, vocabularies and what is required are the standard's (`onerosterv1p2rostersservice_openapi3_v1p0.json`);
the document itself is 1EdTech's and is not kept here. `additionalProperties` is false everywhere, as it is there.
"""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$"}
TRUTH: Schema = {"type": "string", "enum": ["true", "false"]}
TEXTS: Schema = {"type": "array", "items": TEXT}


def one_of(*words: str, extensible: bool = False) -> Schema:
    known: Schema = {"type": "string", "enum": list(words)}
    extension = {"type": "string", "pattern": r"^(ext:)[a-zA-Z0-9.\-_]+$"}
    return {"anyOf": [known, extension]} if extensible else known


def thing(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def link(kind: str) -> Schema:
    return thing({"href": {"type": "string", "pattern": r"^https?://\S+$"}, "sourcedId": TEXT, "type": one_of(kind)})


def many(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


BASE = {"sourcedId": TEXT, "status": one_of("active", "tobedeleted"), "dateLastModified": INSTANT}
META: dict[str, Schema] = {"metadata": {"type": "object"}}
ORG, SESSION, COURSE, CLASS, USER, RESOURCE = (
    link(kind) for kind in ("org", "academicSession", "course", "class", "user", "resource")
)

ROLE = thing(
    {
        "roleType": one_of("primary", "secondary"),
        "role": one_of(
            *("aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative"),
            *("siteAdministrator", "student", "systemAdministrator", "teacher"),
            extensible=True,
        ),
        "org": ORG,
    },
    {"userProfile": TEXT, "beginDate": DAY, "endDate": DAY},
)

OBJECTS: dict[str, Schema] = {
    "org": thing(
        {
            **BASE,
            "name": TEXT,
            "type": one_of("department", "district", "local", "national", "school", "state", extensible=True),
            "identifier": TEXT,
        },
        {**META, "parent": ORG, "children": many(ORG)},
    ),
    "academicSession": thing(
        {
            **BASE,
            "title": TEXT,
            "startDate": DAY,
            "endDate": DAY,
            "type": one_of("gradingPeriod", "semester", "schoolYear", "term", extensible=True),
            "schoolYear": {"type": "string", "pattern": r"^\d{4}$"},
        },
        {**META, "parent": SESSION, "children": many(SESSION)},
    ),
    "course": thing(
        {**BASE, "title": TEXT, "courseCode": TEXT},
        {
            **META,
            "schoolYear": SESSION,
            "grades": TEXTS,
            "subjects": TEXTS,
            "org": ORG,
            "subjectCodes": TEXTS,
            "resources": many(RESOURCE),
        },
    ),
    "class": thing(
        {**BASE, "title": TEXT, "course": COURSE, "school": ORG, "terms": many(SESSION, 1)},
        {
            **META,
            "classCode": TEXT,
            "classType": one_of("homeroom", "scheduled", extensible=True),
            "location": TEXT,
            "grades": TEXTS,
            "subjects": TEXTS,
            "subjectCodes": TEXTS,
            "periods": TEXTS,
            "resources": many(RESOURCE),
        },
    ),
    "enrollment": thing(
        {
            **BASE,
            "user": USER,
            "class": CLASS,
            "school": ORG,
            "role": one_of("administrator", "proctor", "student", "teacher", extensible=True),
        },
        {**META, "primary": TRUTH, "beginDate": DAY, "endDate": DAY},
    ),
    "user": thing(
        {**BASE, "enabledUser": TRUTH, "givenName": TEXT, "familyName": TEXT, "roles": many(ROLE, 1)},
        {
            **META,
            **dict.fromkeys(
                (
                    *("userMasterIdentifier", "username", "middleName", "preferredFirstName", "preferredMiddleName"),
                    *("preferredLastName", "pronouns", "identifier", "email", "sms", "phone", "password"),
                ),
                TEXT,
            ),
            "userIds": many(thing({"type": TEXT, "identifier": TEXT})),
            "userProfiles": many({"type": "object"}),
            "primaryOrg": ORG,
            "agents": many(USER),
            "grades": TEXTS,
            "resources": many(RESOURCE),
        },
    ),
    "demographics": thing(
        {**BASE},
        {
            **META,
            "birthDate": DAY,
            "sex": one_of("male", "female", "unspecified", "other", extensible=True),
            **dict.fromkeys(
                (
                    *("americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "white"),
                    *("nativeHawaiianOrOtherPacificIslander", "demographicRaceTwoOrMoreRaces"),
                    "hispanicOrLatinoEthnicity",
                ),
                TRUTH,
            ),
            **dict.fromkeys(
                ("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus"), TEXT
            ),
        },
    ),
}
STATUS_INFO = thing(
    {
        "imsx_codeMajor": one_of("success", "processing", "failure", "unsupported"),
        "imsx_severity": one_of("status", "warning", "error"),
    },
    {
        "imsx_description": TEXT,
        "imsx_CodeMinor": thing(
            {
                "imsx_codeMinorField": many(
                    thing(
                        {
                            "imsx_codeMinorFieldName": TEXT,
                            "imsx_codeMinorFieldValue": one_of(
                                *("fullsuccess", "invalid_filter_field", "invalid_selection_field", "invaliddata"),
                                *("unauthorisedrequest", "forbidden", "server_busy", "unknownobject"),
                                "internal_server_error",
                            ),
                        }
                    ),
                    1,
                )
            }
        ),
    },
)
PLURALS = {
    "org": "orgs",
    "academicSession": "academicSessions",
    "course": "courses",
    "class": "classes",
    "enrollment": "enrollments",
    "user": "users",
    "demographics": "demographics",
}


def _check(body: object, schema: Schema) -> None:
    errors = [error.message for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(body)]
    assert not errors, errors


def check_collection(body: object, kind: str) -> None:
    """Refuse a body that is not the standard's collection of a kind of object."""
    _check(body, thing({PLURALS[kind]: many(OBJECTS[kind])}))


def check_single(body: object, kind: str) -> None:
    _check(body, thing({kind: OBJECTS[kind]}))


def check_refusal(body: object) -> None:
    _check(body, STATUS_INFO)
