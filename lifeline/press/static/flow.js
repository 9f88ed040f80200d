// The model of lifeline/flow.py for one set of numbers. All of them stand in the page as JSON.
const given = JSON.parse(document.getElementById("flow-parameters").textContent);
const at = (id) => document.getElementById(`flow-${id}`);
const names = Object.keys(given.sliders);
const WAIT = 500; // milliseconds until a change is announced
let now = {};
let waiting;

// Halves away from zero, as lifeline.words.rounded does.
function rounded(value, digits) {
  const shift = 10 ** digits;
  const number = Math.floor(Math.abs(value) * shift + 0.5 + 1e-9) / shift;
  const text = number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value < 0 && number ? "\u2212" : "") + text;
}

function flows({ people, share, amount, fee, loss }) {
  const sent = people * (share / 100) * amount;
  const lost = (sent * loss) / 100;
  const fees = ((sent - lost) * fee) / 100;
  return { sent, fees, lost, delivered: sent - lost - fees };
}

function show() {
  for (const name of names) {
    const { per, digits, unit } = given.sliders[name];
    const text = `${rounded(now[name] / per, digits)} ${unit}`;
    at(`${name}-value`).textContent = text;
    at(name).setAttribute("aria-valuetext", text);
  }
  const made = flows(now);
  for (const [name, won] of Object.entries(made)) {
    at(name).textContent = `${rounded(won / now.rate / 1e6, 1)} million dollars (${rounded(won / 1e9, 1)} billion won)`;
  }
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    at("said").textContent = `Of ${at("sent").textContent} sent, ${at("delivered").textContent} arrive.`;
  }, WAIT);
}

function begin() {
  now = { ...given.years[at("year").value] };
  for (const name of names) at(name).value = now[name] / given.sliders[name].per;
  show();
}

for (const name of names) {
  at(name).addEventListener("input", (event) => {
    now[name] = Number(event.target.value) * given.sliders[name].per;
    show();
  });
}
at("year").addEventListener("change", begin);
at("reset").addEventListener("click", begin);
at("model").addEventListener("submit", (event) => event.preventDefault());
at("still").hidden = true;
at("model").hidden = false;
begin();
