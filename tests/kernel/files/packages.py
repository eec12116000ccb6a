"""Small courseware packages, whole and harmless unless a test spoils them."""

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO

LIBRARY = "H5P.Heluo"


def packed(files: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of files by path."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", compression) as target:
        for path, content in files.items():
            target.writestr(path, content)
    return made.getvalue()


def h5p_files(script: str = "", **said: object) -> dict[str, str | bytes]:
    """A content type of our own that asks one question, and reports the answer as H5P's do."""
    dependency = {"machineName": LIBRARY, "majorVersion": 1, "minorVersion": 0}
    about = {
        "title": "分数的大小",
        "language": "zh-CN",
        "mainLibrary": LIBRARY,
        "embedTypes": ["iframe"],
        "license": "CC BY-SA",
        "licenseVersion": "4.0",
        "metaDescription": "比较两个<b>分数</b>的大小。",
        "metaKeywords": "分数, 比较",
        "preloadedDependencies": [dependency],
        **said,
    }
    library = {
        **dependency,
        "title": "Heluo",
        "patchVersion": 1,
        "runnable": 1,
        "preloadedJs": [{"path": "heluo.js"}],
        "preloadedCss": [{"path": "heluo.css"}],
    }
    return {
        "h5p.json": json.dumps(about, ensure_ascii=False),
        "content/content.json": json.dumps({"question": "3/4 和 2/3 哪个大？"}, ensure_ascii=False),
        f"{LIBRARY}-1.0/library.json": json.dumps(library),
        f"{LIBRARY}-1.0/heluo.js": script or H5P_SCRIPT,
        f"{LIBRARY}-1.0/heluo.css": "button { font-size: 1.2rem; }",
    }


H5P_SCRIPT = """
H5P.Heluo = (function ($, EventDispatcher) {
  function Heluo(parameters, contentId, extras) {
    EventDispatcher.call(this);
    const self = this;
    const before = extras && extras.previousState;
    let answered = before ? before.answered : "";
    self.getCurrentState = () => ({ answered: answered });
    self.getScore = () => (answered === "3/4" ? 1 : 0);
    self.getMaxScore = () => 1;
    self.getTitle = () => "分数的大小";
    self.attach = ($container) => {
      $container.append($("<p>").text(parameters.question));
      const $said = $("<p class='said'>").text(answered ? "您答过：" + answered : "还没有答");
      for (const choice of ["3/4", "2/3"])
        $("<button>").text(choice).appendTo($container).on("click", () => {
          answered = choice;
          $said.text("您答过：" + answered);
          self.triggerXAPIScored(self.getScore(), 1, "answered", true, self.getScore() === 1);
        });
      $container.append($said);
    };
  }
  Heluo.prototype = Object.create(EventDispatcher.prototype);
  Heluo.prototype.constructor = Heluo;
  return Heluo;
})(H5P.jQuery, H5P.EventDispatcher);
H5P.Heluo.prototype.triggerXAPIScored = function (score, max, verb, completion, success) {
  const event = this.createXAPIEventTemplate(verb);
  event.setScoredResult(score, max, this, completion, success);
  this.trigger(event);
};
H5P.Heluo.prototype.createXAPIEventTemplate = function (verb) {
  const event = new H5P.XAPIEvent();
  event.setActor();
  event.setVerb(verb);
  event.setObject(this);
  event.setContext(this);
  return event;
};
"""


def h5p(**said: object) -> bytes:
    return packed(h5p_files(**said))  # type: ignore[arg-type]  # a test names what it changes


SCORM12 = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="heluo.fractions" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:md="http://www.imsglobal.org/xsd/imsmd_rootv1p2p1">
  <metadata>
    <schema>ADL SCORM</schema><schemaversion>1.2</schemaversion>
    <md:lom>
      <md:general>
        <md:title><md:langstring xml:lang="zh-CN">分数的初步认识</md:langstring></md:title>
        <md:language>zh-CN</md:language>
        <md:description><md:langstring>认识几分之一。</md:langstring></md:description>
        <md:keyword><md:langstring>分数</md:langstring></md:keyword>
        <md:keyword><md:langstring>几分之一、数学</md:langstring></md:keyword>
      </md:general>
      <md:rights><md:description>
        <md:langstring>https://creativecommons.org/licenses/by/4.0/</md:langstring>
      </md:description></md:rights>
    </md:lom>
  </metadata>
  <organizations default="one"><organization identifier="one"><title>分数</title>
    <item identifier="i1" identifierref="r1" parameters="?from=start"><title>第一课</title>
      <adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>hello</adlcp:datafromlms></item>
    <item identifier="i2"><title>阅读</title>
      <item identifier="i3" identifierref="r2"><title>讲义</title></item>
    </item>
  </organization></organizations>
  <resources>
    <resource identifier="r1" type="webcontent" adlcp:scormtype="sco" href="lesson/index.html">
      <file href="lesson/index.html"/></resource>
    <resource identifier="r2" type="webcontent" adlcp:scormtype="asset" xml:base="read/" href="notes.html"/>
  </resources>
</manifest>"""

SCO12 = """<!doctype html><meta charset="utf-8"><title>第一课</title><p id="said"></p>
<button onclick="finish()">我学完了</button>
<script>
function find(w) { while (!w.API && w.parent && w.parent !== w) w = w.parent; return w.API; }
const api = find(window);
api.LMSInitialize("");
const begun = Date.now();
document.getElementById("said").textContent =
  api.LMSGetValue("cmi.core.student_name") + " " + api.LMSGetValue("cmi.launch_data") + " "
  + (api.LMSGetValue("cmi.suspend_data") || "第一次来") + " " + api.LMSGetValue("cmi.core.lesson_status");
api.LMSSetValue("cmi.core.lesson_status", "incomplete");
api.LMSSetValue("cmi.suspend_data", "看到第三页");
api.LMSCommit("");
function finish() {
  api.LMSSetValue("cmi.core.score.min", "0");
  api.LMSSetValue("cmi.core.score.max", "100");
  api.LMSSetValue("cmi.core.score.raw", "85");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
  api.LMSSetValue("cmi.core.session_time", "0000:01:30.00");
  api.LMSCommit("");
  api.LMSFinish("");
}
</script>"""


def scorm12_files(**changed: str | bytes) -> dict[str, str | bytes]:
    return {
        "imsmanifest.xml": SCORM12,
        "lesson/index.html": SCO12,
        "lesson/图/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "read/notes.html": "<!doctype html><p>讲义",
        **changed,
    }


def scorm12() -> bytes:
    return packed(scorm12_files())


SCORM2004 = """<?xml version="1.0"?>
<manifest identifier="heluo.2004" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="one"><organization identifier="one"><title>面积单位</title>
    <item identifier="i1" identifierref="r1"><title>练习</title>
      <imsss:sequencing><imsss:objectives><imsss:primaryObjective satisfiedByMeasure="true" objectiveID="main">
        <imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure>
      </imsss:primaryObjective></imsss:objectives></imsss:sequencing></item>
  </organization></organizations>
  <resources><resource identifier="r1" type="webcontent" adlcp:scormType="sco" href="index.html"/></resources>
</manifest>"""

SCO2004 = """<!doctype html><meta charset="utf-8"><title>练习</title><p id="said"></p>
<button onclick="finish()">交卷</button>
<script>
function find(w) { while (!w.API_1484_11 && w.parent && w.parent !== w) w = w.parent; return w.API_1484_11; }
const api = find(window);
api.Initialize("");
document.getElementById("said").textContent = api.GetValue("cmi.location") || "第一次来";
api.SetValue("cmi.location", "第二题");
api.SetValue("cmi.exit", "suspend");
api.Commit("");
function finish() {
  api.SetValue("cmi.score.scaled", "0.9");
  api.SetValue("cmi.score.raw", "9");
  api.SetValue("cmi.score.min", "0");
  api.SetValue("cmi.score.max", "10");
  api.SetValue("cmi.completion_status", "completed");
  api.SetValue("cmi.success_status", "passed");
  api.SetValue("cmi.session_time", "PT1M30S");
  api.Terminate("");
}
</script>"""


def scorm2004() -> bytes:
    return packed({"imsmanifest.xml": SCORM2004, "index.html": SCO2004})


CARTRIDGE = """<?xml version="1.0"?>
<manifest identifier="heluo.cc" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
  xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest">
  <metadata><schema>IMS Common Cartridge</schema><schemaversion>1.3.0</schemaversion>
    <lomimscc:lom><lomimscc:general>
      <lomimscc:title><lomimscc:string language="zh">观察植物</lomimscc:string></lomimscc:title>
      <lomimscc:description><lomimscc:string>一个星期的观察。</lomimscc:string></lomimscc:description>
    </lomimscc:general></lomimscc:lom>
  </metadata>
  <organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">
    <item identifier="week"><title>第一周</title>
      <item identifier="a" identifierref="page"><title>怎样观察</title></item>
      <item identifier="b" identifierref="link"><title>植物园</title></item>
      <item identifier="c" identifierref="quiz"><title>小测验</title></item>
      <item identifier="d" identifierref="talk"><title>讨论</title></item>
    </item>
  </item></organization></organizations>
  <resources>
    <resource identifier="page" type="webcontent" href="week1/look.html"><file href="week1/look.html"/></resource>
    <resource identifier="link" type="imswl_xmlv1p3"><file href="link.xml"/></resource>
    <resource identifier="quiz" type="imsqti_xmlv1p2/imscc_xmlv1p3/assessment"><file href="quiz.xml"/></resource>
    <resource identifier="talk" type="imsdt_xmlv1p3"><file href="talk.xml"/></resource>
  </resources>
</manifest>"""
WEB_LINK = """<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imswl_v1p3">
  <title>植物园</title><url href="{address}" target="_blank"/></webLink>"""


def cartridge(address: str = "https://garden.example.org/") -> bytes:
    return packed(
        {
            "imsmanifest.xml": CARTRIDGE,
            "week1/look.html": "<!doctype html><meta charset='utf-8'><h1>怎样观察</h1><img src='../leaf.svg' alt=''>",
            "leaf.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>",
            "link.xml": WEB_LINK.format(address=address),
            "quiz.xml": "<questestinterop/>",
            "talk.xml": "<topic/>",
        }
    )
