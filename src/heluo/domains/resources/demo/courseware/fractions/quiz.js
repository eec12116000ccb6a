// 五道题：每题两个分数，选大的。每答一题就向平台报告一次，离开后可以接着做。
// Five questions by SCORM 1.2: each answer is reported, and the next visit goes on where this one stopped.
const QUESTIONS = [
  [[3, 5], [2, 5]],
  [[1, 2], [1, 3]],
  [[3, 4], [1, 4]],
  [[1, 6], [1, 4]],
  [[5, 8], [3, 8]],
];

function findApi(place) {
  while (!place.API && place.parent && place.parent !== place) place = place.parent;
  return place.API;
}

const api = findApi(window);
api.LMSInitialize("");
const [at, right] = (api.LMSGetValue("cmi.suspend_data") || "0,0").split(",").map(Number);
let question = at;
let rightOnes = right;

function slice(part, parts) {
  const angle = (part / parts) * 2 * Math.PI - Math.PI / 2;
  return `${(50 + 45 * Math.cos(angle)).toFixed(2)} ${(50 + 45 * Math.sin(angle)).toFixed(2)}`;
}

function pie([taken, parts]) {
  let slices = "";
  for (let part = 0; part < parts; part++)
    slices += `<path d="M50 50 L${slice(part, parts)} A45 45 0 0 1 ${slice(part + 1, parts)} Z"
      fill="${part < taken ? "#e08a1e" : "#fff"}" stroke="#1d2b36"/>`;
  return `<svg viewBox="0 0 100 100" aria-hidden="true">${slices}</svg>`;
}

const size = ([taken, parts]) => taken / parts;

function report(isDone) {
  api.LMSSetValue("cmi.core.score.min", "0");
  api.LMSSetValue("cmi.core.score.max", "100");
  api.LMSSetValue("cmi.core.score.raw", String(Math.round((100 * rightOnes) / QUESTIONS.length)));
  api.LMSSetValue("cmi.suspend_data", isDone ? "0,0" : `${question},${rightOnes}`);
  api.LMSSetValue("cmi.core.lesson_status", !isDone ? "incomplete" : rightOnes >= 3 ? "passed" : "failed");
  api.LMSCommit("");
}

function show() {
  const choices = document.getElementById("choices");
  const next = document.getElementById("next");
  document.getElementById("progress").textContent = `第 ${question + 1} 题，共 ${QUESTIONS.length} 题`;
  document.getElementById("verdict").textContent = "";
  next.hidden = true;
  choices.replaceChildren();
  for (const fraction of QUESTIONS[question]) {
    const button = document.createElement("button");
    button.innerHTML = `${pie(fraction)}${fraction[1]} 分之 ${fraction[0]}`;
    button.addEventListener("click", () => answer(fraction));
    choices.append(button);
  }
}

function answer(chosen) {
  const pair = QUESTIONS[question];
  const larger = size(pair[0]) > size(pair[1]) ? pair[0] : pair[1];
  const buttons = document.querySelectorAll("#choices button");
  buttons.forEach((button, index) => {
    button.disabled = true;
    if (pair[index] === larger) button.classList.add("right");
    else if (pair[index] === chosen) button.classList.add("wrong");
  });
  const isRight = chosen === larger;
  if (isRight) rightOnes += 1;
  question += 1;
  const isDone = question === QUESTIONS.length;
  document.getElementById("verdict").textContent =
    (isRight ? "答对了！" : `再看看图：${larger[1]} 分之 ${larger[0]} 更大。`) +
    (isDone ? ` 全部做完，答对 ${rightOnes} 题。` : "");
  report(isDone);
  const next = document.getElementById("next");
  next.textContent = isDone ? "再做一遍" : "下一题";
  next.hidden = false;
  next.focus();
  if (isDone) question = rightOnes = 0;
}

document.getElementById("next").addEventListener("click", show);
window.addEventListener("pagehide", () => api.LMSFinish(""));
show();
