"""Whatever is asked, the answer is one of the protocol's."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from heluo.gateways.oaipmh.enums import Verb
from heluo.gateways.oaipmh.selection import OPTIONAL, REQUIRED, Part, token_behind, token_behind_set
from tests.gateways.oaipmh.conftest import Catalogue, Harvester, oai, tell
from tests.gateways.oaipmh.standard import check_answer

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
DATES = st.one_of(
    st.dates().map(str),
    st.datetimes().map(lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    st.sampled_from(["0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "2026-11-28T24:00:00Z", "now"]),
    TEXTS,
)
TOKENS = st.one_of(
    st.builds(
        lambda verb, prefix, within, after: token_behind(
            verb, Part(prefix=prefix, within=within), after=after, given=1
        ),
        st.sampled_from(Verb),
        st.sampled_from(["oai_dc", "lom"]),
        st.sampled_from(["", "subject:14", "no:set"]),
        st.integers(0, 2**63 - 1),
    ),
    TEXTS.map(lambda name: token_behind_set(name, given=1)),
    TEXTS,
)
VALUES = {
    "identifier": st.one_of(st.sampled_from([oai(1), oai(2), oai(3), "oai:x", "a:b", "a:%zz"]), TEXTS),
    "metadataPrefix": st.one_of(st.sampled_from(["oai_dc", "lom", "marc21"]), TEXTS),
    "set": st.one_of(st.sampled_from(["subject:14", "place:410000", "subject", ":", "a::b"]), TEXTS),
    "from": DATES,
    "until": DATES,
    "resumptionToken": TOKENS,
}


@st.composite
def questions(draw: st.DrawFn) -> dict[str, str | list[str]]:
    """Mostly what a verb takes; now and then one argument too many, twice, or none of the protocol's."""
    verb = draw(st.sampled_from(Verb))
    names = set(REQUIRED[verb]) | draw(st.sets(st.sampled_from(sorted(OPTIONAL[verb]) or ["identifier"])))
    asked: dict[str, str | list[str]] = {name: draw(VALUES[name]) for name in sorted(names)}
    odd = draw(st.sampled_from(["", "", "", "token", "twice", "more", "verb"]))
    if odd == "token":
        asked = {"resumptionToken": draw(TOKENS)}
    elif odd == "twice":
        asked |= {"metadataPrefix": ["oai_dc", "oai_dc"]}
    elif odd == "more":
        asked |= {draw(TEXTS): draw(TEXTS)}
    return {**asked, "verb": draw(TEXTS) if odd == "verb" else verb.value}


@pytest.mark.slow
def test_no_question_breaks_the_provider(catalogue: Catalogue, harvester: Harvester) -> None:
    catalogue.publish(1, 2, 3)
    catalogue.withdraw(2)
    tell()

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(questions(), st.booleans())
    def ask(asked: dict[str, str | list[str]], by_post: bool) -> None:
        answer = (harvester.web.post if by_post else harvester.web.get)("/oai", asked)
        assert answer.status_code == 200, asked
        check_answer(etree.fromstring(answer.content))

    ask()
