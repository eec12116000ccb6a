"""What the provider refuses, in the protocol's words and in its language, English."""

from typing import ClassVar

from heluo.gateways.oaipmh.enums import Fault
from heluo.kernel.actors.errors import Refusal


class OaiRefusal(Refusal):
    """A "no" to a harvester; answered with HTTP 200 and an `error` element, as the protocol has it."""

    status = 200
    fault: ClassVar[Fault]


class BadVerb(OaiRefusal):
    code = "oaipmh_bad_verb"
    fault = Fault.VERB
    message = "The argument verb is missing, repeated, or none of the protocol's six."


class BadArgument(OaiRefusal):
    code = "oaipmh_bad_argument"
    fault = Fault.ARGUMENT
    message = "{problem}"


class BadToken(OaiRefusal):
    code = "oaipmh_bad_token"
    fault = Fault.TOKEN
    message = "The resumptionToken is not one that was given here for this verb."


class UnknownFormat(OaiRefusal):
    code = "oaipmh_unknown_format"
    fault = Fault.FORMAT
    message = "There is no such metadataPrefix here; see ListMetadataFormats."


class UnknownIdentifier(OaiRefusal):
    """Not there, or never open to everybody: the two look the same."""

    code = "oaipmh_unknown_identifier"
    fault = Fault.IDENTIFIER
    message = "There is no such identifier here."


class NothingMatches(OaiRefusal):
    code = "oaipmh_nothing_matches"
    fault = Fault.NO_MATCH
    message = "Nothing matches these arguments."


class NoSets(OaiRefusal):
    code = "oaipmh_no_sets"
    fault = Fault.NO_SETS
    message = "There are no sets here yet."
