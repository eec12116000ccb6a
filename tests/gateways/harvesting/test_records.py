"""What records become: whose they are, what they show, and what happens to those that cannot be shown."""

from datetime import UTC, datetime
from uuid import NAMESPACE_DNS, UUID, uuid5

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from heluo.engines.catalogue.access import Permission as CataloguePermission
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import EntryDraft, publish_entry
from heluo.gateways.harvesting.actions import Kept, begin_run, change_source, dismiss_held, go_on, map_term, retry_held
from heluo.gateways.harvesting.enums import Rhythm
from heluo.gateways.harvesting.errors import DismissReasonMissing, NoSuchValue
from heluo.gateways.harvesting.jobs import read_records_again
from heluo.gateways.harvesting.models import Arrival, Held, Source, Term
from heluo.gateways.harvesting.shapes import licence_in
from heluo.kernel.actors.errors import NotAllowed
from heluo.kernel.actors.public import platform_actor
from tests.factories import NOON, a_stranger
from tests.gateways.harvesting.conftest import House, arrival, done, faults, oai, titles, uuid
from tests.gateways.harvesting.provider import dc, record
from tests.gateways.oaipmh.conftest import Harvester, tell, texts

pytestmark = pytest.mark.django_db
LATER = "2026-09-05T00:00:00Z"
LOM_RECORD = """<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general>
<identifier><catalog>URI</catalog><entry>https://a.example/17</entry></identifier>
<title><string language="zh-CN">分数的初步认识</string></title><language>zh-CN</language>
<description><string>平均分。</string></description><keyword><string>几分之一</string></keyword></general>
<lifeCycle><contribute><role><source>LOMv1.0</source><value>author</value></role>
<entity>BEGIN:VCARD
VERSION:3.0
FN:李\\,老师
END:VCARD</entity></contribute></lifeCycle>
<technical><format>video/mp4</format></technical>
<rights><description><string>署名 CC BY 4.0 https://creativecommons.org/licenses/by/4.0/</string></description></rights>
<classification><taxonPath><source><string>学科</string></source>
<taxon><id>14</id><entry><string>数学</string></entry></taxon></taxonPath></classification>
<classification><taxonPath><source><string>中图法</string></source>
<taxon><id>G62</id><entry><string>初等教育</string></entry></taxon></taxonPath></classification></lom>"""
HELUO_RECORD = """<entry xmlns="urn:heluo:entry:1" kind="resource" version="3"><title>分数</title>
<description>认识</description><keyword>几分之一</keyword><facet key="subject" code="14"/>
<facet key="recognised" code="province"/>
<facet key="source" code="x"/><language>zh-CN</language><licence>CC-BY-SA-4.0</licence>
<creator id="00000000-0000-0000-0000-000000000007">王老师</creator>
<organisation id="00000000-0000-0000-0000-000000000008">甲小学</organisation>
<firstPublished>2026-08-01T00:00:00Z</firstPublished><published>2026-08-02T00:00:00Z</published>
<address>https://a.example/resources/1/</address>
<file sha256="abababababababababababababababababababababababababababababababab"
 size="12" type="application/pdf" name="课.pdf" href="https://a.example/f/1"/></entry>"""


def entry(number: int) -> Entry:
    return Entry.objects.get(uuid=UUID(int=number))


# -- whose they are ---------------------------------------------------------------------------------------------------


def test_identifiers_keep_their_uuid_or_are_given_one_for_ever(house: House) -> None:
    plain = "oai:a.example:articles/17"
    odd = "urn:isbn:123"
    source = house.source(house.provider(*(record(one, dc(one)) for one in (oai(1), plain, odd))))
    done(house.harvest(source))
    home = uuid5(NAMESPACE_DNS, "a.example")
    assert {one.title: (one.uuid, one.origin) for one in Entry.objects.all()} == {
        oai(1): (UUID(int=1), "a.example"),
        plain: (uuid5(home, plain), "a.example"),
        odd: (uuid5(home, odd), "a.example"),
    }
    assert entry(1).organisation == house.bureau


def test_our_own_come_back_and_are_only_noted(house: House) -> None:
    echo = oai(5, settings.NODE_DOMAIN)
    source = house.source(house.provider(record(echo, dc("自己的")), record(oai(1), dc("别人的"))))
    done(house.harvest(source))
    assert titles() == {"别人的": "published"}
    assert arrival(echo).is_echo
    assert not Term.objects.filter(count__gt=2).exists()


def test_a_record_from_two_sources_is_one_entry_and_its_origin_has_the_last_word(house: House) -> None:
    aggregator = house.provider(record(oai(1), dc("转来的")), domain="b.example", name="汇聚平台")
    through = house.source(aggregator)
    done(house.harvest(through))
    assert (entry(1).title, entry(1).origin) == ("转来的", "a.example")
    own = house.provider(record(oai(1), dc("原来的"), "2026-08-01T00:00:00Z"))
    home = house.source(own)
    done(house.harvest(home))
    assert Entry.objects.count() == 1
    assert entry(1).title == "原来的"
    aggregator.records = [record(oai(1), dc("又转来的"), LATER)]
    done(house.harvest(through))
    assert entry(1).title == "原来的"
    assert {one.source.name: one.speaks for one in Arrival.objects.select_related("source")} == {
        "汇聚平台": False,
        "示例市平台": True,
    }
    aggregator.records = [record(oai(1), None, LATER)]
    assert done(house.harvest(through)).retired == 0
    assert entry(1).state == "published"


def test_who_harvests_on_from_here_hears_from_whom_it_is_and_by_which_path(house: House) -> None:
    harvester = Harvester()
    first = house.provider(record(oai(1), HELUO_RECORD, LATER), formats=("heluo",), domain="a.example")
    done(house.harvest(house.source(first)))
    tell()
    for prefix, publisher in (("oai_dc", "publisher"), ("heluo", "organisation")):
        root = harvester.ask(verb="GetRecord", identifier=oai(1), metadataPrefix=prefix)
        assert texts(root, publisher) == ["甲小学"]
        [path] = root.iter("{*}originDescription")
        assert {etree.QName(one).localname: one.text for one in path} == {
            "baseURL": first.url,
            "identifier": oai(1),
            "datestamp": LATER,
            "metadataNamespace": "urn:heluo:entry:1",
        }
        assert dict(path.attrib) == {"harvestDate": "2026-09-10T04:00:00Z", "altered": "true"}
    assert texts(root, "address") == ["https://a.example/resources/1/"], "its own page, not ours"
    listed = harvester.ask(verb="ListRecords", metadataPrefix="lom")
    assert len(list(listed.iter("{*}provenance"))) == 1


def test_between_two_others_the_newer_one_is_shown(house: House) -> None:
    first = house.provider(record(oai(1, "c.example"), dc("旧")), domain="a.example")
    second = house.provider(record(oai(1, "c.example"), dc("更旧"), "2026-08-01T00:00:00Z"), domain="b.example")
    one, other = house.source(first), house.source(second)
    done(house.harvest(one))
    done(house.harvest(other))
    assert entry(1).title == "旧"
    second.records = [record(oai(1, "c.example"), dc("新"), LATER)]
    done(house.harvest(other))
    assert entry(1).title == "新"
    second.records = [record(oai(1, "c.example"), None, "2026-09-06T00:00:00Z")]
    assert done(house.harvest(other)).retired == 0
    first.records = [record(oai(1, "c.example"), None, "2026-09-06T00:00:00Z")]
    assert done(house.harvest(one)).retired == 1
    assert entry(1).state == "withdrawn"


def test_the_origin_withdraws_though_another_path_still_holds_it(house: House) -> None:
    aggregator = house.provider(record(oai(1), dc("一")), domain="b.example")
    through = house.source(aggregator)
    done(house.harvest(through))
    done(house.harvest(house.source(house.provider(record(oai(1), None)))))
    assert entry(1).state == "withdrawn"
    aggregator.records = [record(oai(1), dc("一，改"), LATER)]
    done(house.harvest(through))
    assert entry(1).state == "withdrawn"


def test_nobody_takes_over_an_entry_of_another_origin(house: House) -> None:
    keeper = platform_actor("测试", [*CataloguePermission])
    ours = EntryDraft(
        kind="resource", title="我们的", organisation_id=house.bureau.pk, licence="CC-BY-4.0", creator_name="张"
    )
    publish_entry(by=keeper, identifier=UUID(int=1), draft=ours, now=NOON)
    done(house.harvest(house.source(house.provider(record(oai(1), dc("他们的")), record(oai(2), dc("另一个"))))))
    assert titles() == {"我们的": "published", "另一个": "published"}
    assert faults() == [(oai(1), "taken")]


def test_a_source_that_changes_all_identifiers_deletes_nothing(house: House) -> None:
    provider = house.provider(*(record(f"oai:a.example:old{n}", dc(f"旧{n}")) for n in range(30)))
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = [record(f"oai:a.example:new{n}", dc(f"新{n}")) for n in range(30)]
    done(house.harvest(source, whole=True))
    assert len(titles()) == 60
    assert set(titles().values()) == {"published"}


def test_the_same_again_changes_nothing(house: House) -> None:
    source = house.source(house.provider(record(oai(1), dc("一")), record(oai(1), dc("二"))))
    done(house.harvest(source))
    assert (entry(1).title, entry(1).version) == ("二", 1)
    again = done(house.harvest(source, whole=True))
    assert (again.new, again.changed, entry(1).version) == (0, 0, 1)


def test_three_records_cost_as_many_statements_as_one(house: House) -> None:
    source = house.source(house.provider(record(oai(99), dc("先"))))
    done(house.harvest(source))

    def cost(*numbers: int, domain: str) -> int:
        provider = house.provider(
            *(record(oai(n, domain), dc(f"第{n}个", subject=f"词{n}")) for n in numbers),
            record(oai(numbers[0] + 1000, domain), None),
            record(f"oai:{domain}:bad{numbers[0]}", dc("")),
            domain=domain,
        )
        run = begin_run(by=house.officer, source=house.source(provider), now=NOON)
        with CaptureQueriesContext(
            connection,
        ) as context:
            go_on(run_id=run.pk, now=NOON)
        return len(context)

    assert cost(1, domain="one.example") == cost(11, 12, 13, domain="three.example")


# -- what they show ---------------------------------------------------------------------------------------------------


def test_dublin_core(house: House) -> None:
    said = dc(
        "分数",
        creator=["李老师", "王老师"],
        subject=["数学", "几分之一"],
        description="平均分。",
        publisher="甲小学",
        identifier=["https://a.example/17", "oai:a.example:17"],
        format="video/mp4",
        language="chi",
        rights="https://creativecommons.org/licenses/by-nc/4.0/",
    )
    done(house.harvest(house.source(house.provider(record(oai(1), said)))))
    found = entry(1)
    assert (found.creator_name, found.licence, found.language) == ("李老师、王老师", "CC-BY-NC-4.0", "zh-CN")
    assert found.facets["subject"] == ["14"]
    assert found.facets["licence"] == ["CC-BY-NC-4.0"]
    assert found.keywords == ["几分之一"]
    assert found.payload == {
        "address": "https://a.example/17",
        "formats": ["video/mp4"],
        "platform": "示例市平台",
        "publisher": "甲小学",
    }


def test_lom(house: House) -> None:
    done(house.harvest(house.source(house.provider(record(oai(1), LOM_RECORD), formats=["lom"]))))
    found = entry(1)
    assert (found.title, found.creator_name, found.licence) == ("分数的初步认识", "李,老师", "CC-BY-4.0")
    assert found.facets["subject"] == ["14"]
    assert found.payload["address"] == "https://a.example/17"
    assert list(Term.objects.filter(facet="").values_list("field", "value", "count")) == [
        ("taxon", "中图法 · 初等教育", 1)
    ]


def test_our_own_format_says_everything_but_what_only_we_say(house: House) -> None:
    done(house.harvest(house.source(house.provider(record(oai(1), HELUO_RECORD), formats=["heluo"]))))
    found = entry(1)
    assert (found.licence, found.creator_name, found.creator_id) == ("CC-BY-SA-4.0", "王老师", UUID(int=7))
    assert found.facets["subject"] == ["14"]
    assert "recognised" not in found.facets
    assert "x" not in found.facets.get("source", [])
    assert (found.own_version, found.formats) == (3, ["application/pdf"])
    assert found.payload["publisher"] == "甲小学"
    assert found.contents[0].name == "课.pdf"


def test_a_record_without_rights_stands_under_the_licence_of_its_source(house: House) -> None:
    source = house.source(house.provider(record(oai(1), dc("一", rights=""))))
    done(house.harvest(source))
    assert entry(1).licence == "CC-BY-NC-4.0"
    kept = Kept(name="新名", licence="CC0-1.0", share=20, rhythm=Rhythm.HOURLY)
    change_source(by=house.officer, source=source, kept=kept, now=NOON)
    read_records_again(source_id=source.pk, value="", after=0)
    assert (entry(1).licence, entry(1).payload["platform"]) == ("CC0-1.0", "新名")


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/cn/", "CC-BY-NC-SA-3.0"),
        ("见 https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("署名 CC BY 4.0", "CC-BY-4.0"),
        ("版权所有，仅限平台内学习使用", "LicenseRef-Reserved"),
        ("仅供教学使用", ""),
        ("CC-BY-4.0 OR MIT", ""),
    ],
)
def test_licences_are_told_by_address_identifier_or_our_words(text: str, licence: str) -> None:
    assert licence_in(text) == licence


# -- what cannot be shown ---------------------------------------------------------------------------------------------


def test_bad_records_are_held_back_with_their_reason_and_the_others_taken(house: House) -> None:
    good = [record(oai(n), dc(f"第{n}个")) for n in range(1, 12)]
    bad = [
        record(oai(20), dc("")),
        record("", dc("没有标识符")),
        record(oai(21), dc("日期"), "昨天"),
        record(oai(22), dc("将来"), "2036-01-01T00:00:00Z"),
        record(oai(23), dc("长" * 201)),
        record(oai(24), dc("许可", rights="仅供教学使用")),
        record(oai(25), "<x/>"),
        record("oai:a.example:" + "长" * 500, dc("标识符")),
        record(oai(26), dc("大", description="大" * 100_000)),
    ]
    run = done(house.harvest(house.source(house.provider(*good, *bad))))
    assert (run.new, run.held) == (11, 9)
    found = dict(faults())
    assert {found.get(oai(n)) for n in range(20, 27)} == {
        "no_title",
        "bad_date",
        "long_title",
        "unknown_licence",
        "no_metadata",
        "too_large",
    }
    assert sorted(found.values()) == sorted(
        [
            "no_title",
            "no_identifier",
            "bad_date",
            "bad_date",
            "long_title",
            "unknown_licence",
            "no_metadata",
            "long_identifier",
            "too_large",
        ]
    )


def test_a_licence_that_is_mapped_lets_its_records_in(house: House) -> None:
    rights = [record(oai(n), dc(f"第{n}个", rights="仅供教学使用")) for n in range(1, 4)]
    source = house.source(house.provider(*rights))
    done(house.harvest(source))
    term = Term.objects.get(field="rights")
    assert (term.count, term.facet) == (3, "")
    with pytest.raises(NoSuchValue):
        map_term(by=house.officer, term=term, facet="licence", code="没有", now=NOON)
    with pytest.raises(NotAllowed):
        map_term(by=a_stranger().actor, term=term, facet="licence", code="LicenseRef-Reserved", now=NOON)
    map_term(by=house.officer, term=term, facet="licence", code="LicenseRef-Reserved", now=NOON)
    read_records_again(source_id=source.pk, value="rights:仅供教学使用", after=0)
    assert {one.licence for one in Entry.objects.all()} == {"LicenseRef-Reserved"}
    assert not faults()
    term.refresh_from_db()
    assert term.count == 3


def test_a_subject_that_is_mapped_changes_the_entries_that_say_it(house: House) -> None:
    source = house.source(
        house.provider(record(oai(1), dc("一", subject=["算术", "加法"])), record(oai(2), dc("二", subject="加法")))
    )
    done(house.harvest(source))
    assert list(Term.objects.filter(facet="").order_by("-count").values_list("value", "count")) == [
        ("加法", 2),
        ("算术", 1),
    ]
    term = Term.objects.get(value="算术")
    map_term(by=house.officer, term=term, facet="subject", code="14", now=NOON)
    read_records_again(source_id=source.pk, value="subject:算术", after=0)
    assert (entry(1).facets["subject"], entry(1).keywords, entry(1).version) == (["14"], ["加法"], 2)
    assert (entry(2).facets.get("subject"), entry(2).version) == (None, 1)
    map_term(by=house.officer, term=term, facet=Term.NOTHING, code="", now=NOON)
    read_records_again(source_id=source.pk, value="subject:算术", after=0)
    assert "subject" not in entry(1).facets


def test_counts_follow_what_records_say_now(house: House) -> None:
    provider = house.provider(record(oai(1), dc("一", subject="加法")))
    source = house.source(provider)
    done(house.harvest(source))
    provider.records = [record(oai(1), dc("一", subject="减法"), LATER)]
    done(house.harvest(source))
    counts = dict(Term.objects.filter(field="subject").values_list("value", "count"))
    assert counts == {"加法": 0, "减法": 1}
    provider.records = [record(oai(1), None, LATER)]
    done(house.harvest(source))
    assert not Term.objects.filter(count__gt=0).exists()


def test_what_is_dismissed_stays_away_until_it_changes(house: House) -> None:
    provider = house.provider(record(oai(1), dc("")))
    source = house.source(provider)
    done(house.harvest(source))
    held = Held.objects.get()
    assert retry_held(by=house.officer, source=source, held=[held], now=NOON).held == 1
    with pytest.raises(DismissReasonMissing):
        dismiss_held(by=house.officer, source=source, held=held, reason=" ", now=NOON)
    with pytest.raises(NotAllowed):
        dismiss_held(by=a_stranger().actor, source=source, held=held, reason="没有内容", now=NOON)
    dismiss_held(by=house.officer, source=source, held=held, reason="没有内容", now=NOON)
    assert done(house.harvest(source, whole=True)).held == 0
    assert faults() == []
    provider.records = [record(oai(1), dc("", subject="改过"), LATER)]
    assert done(house.harvest(source)).held == 1
    provider.records = [record(oai(1), dc("好了"), LATER)]
    done(house.harvest(source))
    assert titles() == {"好了": "published"}
    assert not Held.objects.exists()


def test_the_same_bad_record_of_two_sources_is_held_by_each(house: House) -> None:
    for domain in ("a.example", "b.example"):
        done(house.harvest(house.source(house.provider(record(oai(1), dc("")), domain=domain))))
    assert Held.objects.count() == 2
    assert Source.objects.count() == 2


def test_times_are_those_of_the_record(house: House) -> None:
    done(house.harvest(house.source(house.provider(record(oai(1), dc("一"), "2026-08-31")))))
    assert arrival(oai(1)).datestamp == datetime(2026, 8, 31, tzinfo=UTC)
    assert uuid(1) == str(entry(1).uuid)
