// Hides the rows of a table page that do not hold every word typed into the field.
const field = document.getElementById("rows-filter");
const count = document.getElementById("rows-count");
const rows = [...document.querySelectorAll("table.rows tbody tr")];
const texts = rows.map((row) => row.textContent.toLowerCase());
let waiting;

function filter() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  rows.forEach((row, i) => {
    row.hidden = !words.every((word) => texts[i].includes(word));
    shown += !row.hidden;
  });
  count.textContent = words.length ? `${shown} of ${rows.length}` : "";
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, 150);
});
