"""Words of the protocol."""

from enum import StrEnum


class Verb(StrEnum):
    """What may be asked (section 4 of the protocol)."""

    IDENTIFY = "Identify"
    FORMATS = "ListMetadataFormats"
    SETS = "ListSets"
    RECORD = "GetRecord"
    IDENTIFIERS = "ListIdentifiers"
    RECORDS = "ListRecords"


class Fault(StrEnum):
    """Why a request failed (section 3.6). Its `noMetadataFormats` never occurs: every item has all."""

    ARGUMENT = "badArgument"
    TOKEN = "badResumptionToken"  # noqa: S105  # no secret
    VERB = "badVerb"
    FORMAT = "cannotDisseminateFormat"
    IDENTIFIER = "idDoesNotExist"
    NO_SETS = "noSetHierarchy"
    NO_MATCH = "noRecordsMatch"


class Prefix(StrEnum):
    """The formats of metadata."""

    DUBLIN_CORE = "oai_dc"
    LOM = "lom"
    HELUO = "heluo"
