// The explorer of the tables. rows/*.js call lifeline(name, data); each is loaded when it is first asked for.
// The address holds the whole state: #table:key?column=value&q=words&from=2018&to=2020&finding=name&page=2.
// All that comes from the data is shown as text; an address is linked only if it is one of the web.

// ---------------------------------------------------------------- the address: hash to state and back

const PAGE = 50; // rows shown at once
const SHORT = 24; // longer texts run over several lines of a cell
const WORDS = ["q", "from", "to", "finding"]; // filters that are not columns

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray percent sign
  }
}

function parse(hash) {
  const [, table, , key, query] = /^#?([^:?]*)(:([^?]*))?(?:\?(.*))?$/s.exec(hash) ?? [];
  const filters = Object.fromEntries([...new URLSearchParams(query ?? "")].filter(([, value]) => value !== ""));
  const page = Math.max(1, Math.floor(Number(filters.page)) || 1);
  delete filters.page;
  return { table: decoded(table ?? ""), key: decoded(key ?? ""), filters, page };
}

function format({ table, key = "", filters = {}, page = 1 }) {
  const asked = new URLSearchParams(Object.entries(filters).filter(([, value]) => value));
  if (page > 1) asked.set("page", page);
  const query = String(asked);
  const row = key ? `:${encodeURIComponent(key).replaceAll("%2C", ",")}` : "";
  return `#${table}${row}${query ? `?${query}` : ""}`;
}

// ------------------------------------------------------------------------------- choosing among rows

function words(text) {
  return (text ?? "").normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean);
}

function values(table, row, column) {
  const cell = row.cells[table.at[column]];
  return table.field[column].of ? cell.split(table.several).filter(Boolean) : [cell].filter(Boolean);
}

// First and last year of a row, as text; empty where it has no date.
function years(table, row) {
  const given = table.head.dated.map((column) => row.cells[table.at[column]].slice(0, 4)).filter(Boolean);
  return given.length ? [given[0], given.at(-1)] : [];
}

// The filters that a row does not pass; two are enough to know that it counts for nothing.
function failing(table, row, filters, wanted) {
  const failed = [];
  for (const [column, value] of wanted.columns) {
    const found = values(table, row, column);
    if (value === "*" ? !found.length : !found.includes(value)) failed.push(column);
    if (failed.length > 1) return failed;
  }
  if (wanted.rows && !wanted.rows.has(row.n)) failed.push("finding");
  if (filters.from && !(years(table, row)[1] >= filters.from)) failed.push("from");
  if (filters.to && !(years(table, row)[0] <= filters.to)) failed.push("to");
  if (!wanted.words.every((word) => row.text.includes(word))) failed.push("q");
  return failed;
}

// The rows that pass, and for each facet how many rows each of its values would leave.
function sift(table, filters, rowsOfFinding) {
  const columns = Object.entries(filters).filter(([name]) => !WORDS.includes(name));
  const wanted = { words: words(filters.q), rows: rowsOfFinding, columns };
  const facets = table.head.fields.filter((field) => field.facet).map((field) => field.name);
  const counts = Object.fromEntries(facets.map((name) => [name, new Map()]));
  const add = (row, name) => {
    for (const value of values(table, row, name)) counts[name].set(value, (counts[name].get(value) ?? 0) + 1);
  };
  const rows = [];
  for (const row of table.rows) {
    const failed = failing(table, row, filters, wanted);
    if (!failed.length) rows.push(row);
    if (!failed.length) facets.forEach((name) => add(row, name));
    else if (failed.length === 1 && counts[failed[0]]) add(row, failed[0]);
  }
  return { rows, counts };
}

// What a table holds as a whole, as the book counted it: no rows need be loaded for it.
function unsifted(table) {
  const facets = table.head.fields.filter((field) => field.facet);
  return Object.fromEntries(facets.map((field) => [field.name, new Map(field.facet)]));
}

function csv(header, rows) {
  const cell = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [header, ...rows].map((row) => row.map(cell).join(",") + "\n").join("");
}

// Korean if at least half of its letters are Hangul.
function isKorean(text) {
  const hangul = text.match(/[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]/g)?.length ?? 0;
  return hangul > 0 && 2 * hangul >= (text.match(/\p{L}/gu)?.length ?? 0);
}

function webAddress(text) {
  return /^https?:\/\/[^\s]+$/i.test(text) ? text : null;
}

// ------------------------------------------------------------------------------------------ the data

const explorer = document.getElementById("explorer");
const at = (id) => document.getElementById(`explorer-${id}`);
const arrived = {}; // name of a script -> what to do with its data
const loading = {}; // name of a script -> promise of its data
const tables = {}; // name -> promise of a table

function lifeline(name, data) {
  arrived[name]?.(data);
}

function load(name) {
  loading[name] ??= new Promise((resolve, reject) => {
    arrived[name] = resolve;
    const script = document.createElement("script");
    script.src = `${explorer.dataset.rows}${name}.js?v=${explorer.dataset.version}`;
    script.onerror = () => {
      delete loading[name];
      reject(new Error(`${explorer.dataset.rows}${name}.js could not be loaded; the folder may be incomplete.`));
    };
    document.head.append(script);
  });
  return loading[name];
}

function tableNamed(name) {
  tables[name] ??= Promise.all([load("index"), load(name)]).then(([index, head]) => ({
    name,
    head,
    chunk: index.chunk,
    several: index.several,
    field: Object.fromEntries(head.fields.map((field) => [field.name, field])),
    at: Object.fromEntries(head.fields.map((field, i) => [field.name, i])),
    rows: [], // sparse until all chunks are there
  }));
  return tables[name];
}

async function loadChunk(table, number) {
  const columns = await load(`${table.name}.${number}`);
  const width = table.head.fields.length;
  const first = number * table.chunk;
  if (table.rows[first]) return;
  columns[0].forEach((_, i) => {
    const cells = columns.slice(0, width).map((column) => column[i]);
    const text = cells.join("\n").normalize("NFC").toLowerCase();
    const key = table.head.key.map((name) => cells[table.at[name]]).join(",");
    table.rows[first + i] = { n: first + i, key, cells, counts: columns.slice(width).map((c) => c[i]), text };
  });
}

function loadRows(table, from = 0, to = table.head.rows) {
  const wanted = [];
  for (let n = Math.floor(from / table.chunk); n * table.chunk < Math.min(to, table.head.rows); n += 1) wanted.push(n);
  return Promise.all(wanted.map((n) => loadChunk(table, n)));
}

async function rowOf(table, key) {
  const find = () => table.rows.find((row) => row?.key === key);
  const later = table.head.first?.findIndex((first) => first > key) ?? 0;
  const chunk = (later < 0 ? table.head.first.length : later) - 1;
  if (chunk >= 0) await loadChunk(table, chunk);
  if (!find()) await loadRows(table);
  return find();
}

// The numbers of the rows of a table that a finding rests on.
function restsOn(finding, name) {
  let number = 0;
  return new Set((finding.rows[name] ?? []).map((step) => (number += step)));
}

// ------------------------------------------------------------------------------- elements of the page

function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function put(id, ...children) {
  at(id).replaceChildren(...children);
}

const shown = (number) => number.toLocaleString("en-US");
const spoken = (name) => name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");
const titleOf = (field) => spoken(field.name) + (field.of ? ` of ${field.of}` : "");
const meaningOf = (field, code) => (field.labels?.[code] ?? code) === code ? "" : `: ${field.labels[code]}`;
const shortened = (text, most = 70) => (text.length > most ? `${text.slice(0, most)}…` : text);
const linked = (state, ...children) => el("a", { href: format(state) }, ...children);
const rowLink = (table, key, filters) => linked({ table, key, filters }, key);

function text(value) {
  return isKorean(value) ? el("span", { lang: "ko" }, value) : value;
}

// "table:key table:key" as links.
function references(value, names) {
  const parts = value.split(new RegExp(` (?=(?:${names.join("|")}):)`));
  return parts.flatMap((part, i) => {
    const [table, ...key] = part.split(":");
    const link = linked({ table, key: key.join(":") }, part);
    return i ? [" ", link] : [link];
  });
}

function content(field, value) {
  if (field.to) return [rowLink(field.to, value)];
  if (field.name === "rows") return references(value, index.names);
  if (field.name === "url" && webAddress(value)) return [outside(value, value)];
  return [text(value)];
}

const outside = (url, ...children) => el("a", { href: url, rel: "noopener noreferrer" }, ...children);

// -------------------------------------------------------------------------------- what a reader sees

let index; // names and titles of the tables
let drawn = 0; // which drawing is the last that was asked for
let now = parse(""); // the state that is shown
let selected = async () => []; // the rows of the selection, loaded if they are not

function listTables() {
  put("table", ...index.tables.map(([name, title, rows]) => el("option", { value: name }, `${title} (${shown(rows)})`)));
}

function drawForm(table, state, counts) {
  at("table").value = table.name;
  for (const name of ["q", "from", "to"]) {
    if (document.activeElement !== at(name)) at(name).value = state.filters[name] ?? "";
  }
  document.querySelector(".explorer-years").hidden = !table.head.dated.length;
  if (at("facets").dataset.table !== table.name) {
    at("facets").dataset.table = table.name;
    put("facets", ...table.head.fields.filter((field) => field.facet).map(facetOf));
  }
  at("more").hidden = !at("facets").childElementCount;
  for (const [name, counted] of Object.entries(counts)) {
    const field = table.field[name];
    const chosen = state.filters[name] ?? "";
    const options = field.facet.map(([value]) => value).filter((value) => counted.get(value) || value === chosen);
    const any = chosen === "*" ? el("option", { value: "*" }, "any entry") : "";
    const made = options.map((value) => {
      return el("option", { value }, `${value}${shortened(meaningOf(field, value))} (${shown(counted.get(value) ?? 0)})`);
    });
    put(`facet-${name}`, el("option", { value: "" }, "all"), any, ...made);
    at(`facet-${name}`).value = chosen;
  }
}

function facetOf(field) {
  const select = el("select", { id: `explorer-facet-${field.name}`, name: field.name });
  return el("p", {}, el("label", { for: select.id }, titleOf(field)), " ", select);
}

// Filters that have no field of their own, each with a way to drop it.
function drawChosen(table, state) {
  const others = Object.entries(state.filters).filter(([name]) => table.field[name] && !table.field[name].facet);
  const lines = others.map(([name, value]) => {
    const filters = { ...state.filters, [name]: "" };
    const drop = linked({ table: table.name, filters }, "drop");
    drop.setAttribute("aria-label", `drop the filter ${name}`);
    return el("li", {}, el("code", {}, name), value === "*" ? " has an entry" : " is ", value === "*" ? "" : value, " ", drop);
  });
  put("chosen", ...lines);
}

function drawFinding(table, state, finding) {
  if (!finding) return put("finding", state.filters.finding ? `No finding is called ${state.filters.finding}.` : "");
  const filters = { finding: finding.name };
  const parts = Object.entries(finding.rows).map(([name, rows]) =>
    el("li", {}, linked({ table: name, filters }, `${index.title[name]}: ${shown(rows.length)}`))
  );
  const interval = finding.interval ? ` (${finding.interval})` : "";
  put(
    "finding",
    el("p", {}, `${finding.title}, ${finding.period}: `, el("strong", {}, finding.value), interval, ". ",
      el("a", { href: `chapters/findings.html#finding-${finding.name}` }, "Its card"),
      " has its documents, and how far it moves without any one source. It rests on these rows:"),
    el("ul", {}, ...parts),
    el("p", {}, linked({ table: table.name, filters: { ...state.filters, finding: "" } }, "Leave this finding"))
  );
  return undefined;
}

function drawRows(table, state, rows) {
  const own = table.head.fields.filter((field) => !field.of && !(table.head.key.length === 1 && field.name === table.head.key[0]));
  const order = [...table.head.lead.map((name) => table.field[name]), ...own.filter((f) => !table.head.lead.includes(f.name))];
  const full = order.filter((field) => rows.some((row) => row.cells[table.at[field.name]]));
  const heads = full.map((field) => el("th", { scope: "col", ...(field.number ? { class: "number" } : {}) }, field.name));
  const lines = rows.map((row) => {
    const cells = full.map((field) => {
      const value = row.cells[table.at[field.name]];
      const kind = field.number ? { class: "number" } : value.length > SHORT ? { class: "long" } : {};
      return el("td", kind, ...(value ? content(field, value) : []));
    });
    const link = linked({ table: table.name, key: row.key, filters: state.filters, page: state.page }, row.key);
    const line = el("tr", {}, el("th", { scope: "row" }, link), ...cells);
    if (row.key === state.key) line.setAttribute("aria-current", "true");
    return line;
  });
  const corner = el("th", { scope: "col" }, table.head.key.join(", "));
  const caption = el("caption", {}, table.head.title);
  put("rows", caption, el("thead", {}, el("tr", {}, corner, ...heads)), el("tbody", {}, ...lines));
}

function drawPages(state, total) {
  const last = Math.max(1, Math.ceil(total / PAGE));
  const link = (page, ...children) => linked({ ...state, key: "", page }, ...children);
  const parts = [];
  if (state.page > 1) parts.push(link(1, "First"), link(state.page - 1, "Previous"));
  if (last > 1) parts.push(el("span", {}, `Page ${shown(state.page)} of ${shown(last)}`));
  if (state.page < last) parts.push(link(state.page + 1, "Next"), link(last, "Last"));
  put("pages", ...parts);
}

// A document as a reader is sent to it: a copy is named, and leads to what it is a copy of.
async function source(key) {
  const documents = await tableNamed("documents");
  const row = await rowOf(documents, key);
  if (!row) return [key];
  const cell = (name) => row.cells[documents.at[name]];
  const said = [text(cell("title") || "(no title)"), `. ${cell("outlet")}, ${cell("published") || "undated"}. `];
  if (cell("copy_of")) said.push("A copy of ", rowLink("documents", cell("copy_of")), ", named but not linked. ");
  else if (webAddress(cell("url"))) said.push(outside(cell("url"), "Go to the source"), " ");
  else said.push("No address is given. ");
  return said;
}

async function rowParts(table, row) {
  const given = table.head.fields.filter((field) => !field.of && row.cells[table.at[field.name]]);
  const empty = table.head.fields.filter((field) => !field.of && !row.cells[table.at[field.name]]);
  const list = given.flatMap((field) => {
    const value = row.cells[table.at[field.name]];
    const meaning = meaningOf(field, value);
    const about = el("small", {}, field.description);
    return [el("dt", {}, field.name), el("dd", {}, ...content(field, value), meaning, about)];
  });
  const read = table.name === "documents" ? [row.key] : [];
  read.push(...given.filter((f) => f.to === "documents" && table.name !== "documents").map((f) => row.cells[table.at[f.name]]));
  const sources = await Promise.all([...new Set(read)].map(source));
  const pointing = table.head.related.map(([name, column], i) => [name, column, row.counts[i]]).filter(([, , n]) => n);
  const findings = (await load("findings")).filter((finding) => restsOn(finding, table.name).has(row.n));
  return [
    ...sources.map((said, i) => el("p", { class: "explorer-source" }, rowLink("documents", [...new Set(read)][i]), ": ", ...said)),
    el("dl", {}, ...list),
    empty.length ? el("p", {}, `Empty: ${empty.map((field) => field.name).join(", ")}.`) : "",
    ...listed("Rows that point to it", pointing.map(([name, column, n]) => [
      linked({ table: name, filters: { [column]: row.key } }, `${index.title[name]}, ${column}: ${shown(n)}`),
    ])),
    ...listed("Findings that rest on it", findings.map((finding) => [
      el("a", { href: `chapters/findings.html#finding-${finding.name}` }, finding.title), `, ${finding.period}: ${finding.value} (`,
      linked({ table: "finding", key: finding.name }, "its rows"), ")",
    ])),
  ];
}

function listed(title, items) {
  return items.length ? [el("h3", {}, title), el("ul", {}, ...items.map((item) => el("li", {}, ...item)))] : [];
}

async function drawRow(table, state) {
  if (!state.key) return [];
  const row = await rowOf(table, state.key);
  const close = linked({ ...state, key: "" }, "Close this row");
  const title = el("h2", { id: "explorer-row-title", tabindex: "-1" }, `${table.name}:${state.key}`);
  const parts = row ? await rowParts(table, row) : [el("p", {}, "No row has this key.")];
  return [title, el("p", {}, close), ...parts];
}

function describe(table, state, total) {
  const first = Math.min(total, (state.page - 1) * PAGE + 1);
  const last = Math.min(total, state.page * PAGE);
  const all = total === table.head.rows ? `${shown(total)} rows` : `${shown(total)} of ${shown(table.head.rows)} rows`;
  return total > PAGE ? `${all}; rows ${shown(first)} to ${shown(last)} are shown.` : `${all}.`;
}

// Leaves out what the table does not have; an unknown table is the claims.
async function mended(state) {
  const name = Object.hasOwn(index.title, state.table) ? state.table : "claims";
  const table = await tableNamed(name);
  const filterable = [...(table.head.dated.length ? WORDS : ["q", "finding"]), ...Object.keys(table.field)];
  const known = Object.entries(state.filters).filter(([column]) => filterable.includes(column));
  const filters = Object.fromEntries(known);
  return [table, { ...state, table: name, key: name === state.table ? state.key : "", filters }];
}

// A finding leads to the table in which it has most rows.
async function toFinding(name) {
  const finding = (await load("findings")).find((one) => one.name === name);
  if (!finding) throw new Error(`No finding is called ${name}.`);
  const [table] = Object.entries(finding.rows).sort(([, a], [, b]) => b.length - a.length)[0];
  history.replaceState(null, "", format({ table, filters: { finding: name } }));
  return draw();
}

async function draw() {
  drawn += 1;
  const mine = drawn;
  const asked = parse(location.hash);
  if (asked.table === "finding") return toFinding(asked.key);
  const [table, state] = await mended(asked);
  const finding = state.filters.finding && (await load("findings")).find((one) => one.name === state.filters.finding);
  const resting = finding ? restsOn(finding, table.name) : state.filters.finding ? new Set() : null;
  const narrowed = Object.keys(state.filters).length > 0;
  if (narrowed && mine === drawn) at("count").textContent = `Loading ${shown(table.head.rows)} rows`;
  await (narrowed ? loadRows(table) : loadRows(table, (state.page - 1) * PAGE, state.page * PAGE));
  const sifted = narrowed ? sift(table, state.filters, resting) : { counts: unsifted(table) };
  const total = narrowed ? sifted.rows.length : table.head.rows;
  state.page = Math.min(state.page, Math.max(1, Math.ceil(total / PAGE)));
  if (!narrowed) await loadRows(table, (state.page - 1) * PAGE, state.page * PAGE);
  const row = await drawRow(table, state);
  if (mine !== drawn) return undefined; // the reader has gone on
  selected = async () => (narrowed ? sifted.rows : loadRows(table).then(() => table.rows));
  const held = explorer.contains(document.activeElement);
  drawForm(table, state, sifted.counts);
  put("about", `${table.head.description} `, el("a", { href: `chapters/data.html#${table.head.anchor}` }, "What its columns mean"));
  drawFinding(table, state, finding);
  drawChosen(table, state);
  drawRows(table, state, (sifted.rows ?? table.rows).slice((state.page - 1) * PAGE, state.page * PAGE));
  drawPages(state, total);
  at("count").textContent = describe(table, state, total);
  at("said").textContent = "";
  at("row").hidden = !row.length;
  put("row", ...row);
  const opened = state.key && (state.key !== now.key || state.table !== now.table);
  const closed = [...at("rows").querySelectorAll("tbody th a")].find((link) => link.textContent === now.key);
  now = state;
  if (opened) at("row-title").focus();
  else if (held && !explorer.contains(document.activeElement)) (closed ?? at("count")).focus();
  explorer.dataset.drawn = location.hash;
  return undefined;
}

function say(fault) {
  at("count").textContent = fault.message;
}

function drawOrSay() {
  draw().catch(say);
}

// ------------------------------------------------------------------------------- what a reader does

// A new state is a step of the browser's history, but typing on in a field is not.
function go(state, replace = false) {
  if (format(state) === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", format(state));
  drawOrSay();
}

function choose(name, value) {
  const typing = ["q", "from", "to"].includes(name) && Boolean(now.filters[name]) && Boolean(value);
  go({ table: now.table, filters: { ...now.filters, [name]: value } }, typing);
}

async function save() {
  const table = await tableNamed(now.table);
  const own = table.head.fields.filter((field) => !field.of).map((field) => field.name);
  const rows = (await selected()).map((row) => own.map((name) => row.cells[table.at[name]]));
  const url = URL.createObjectURL(new Blob([csv(own, rows)], { type: "text/csv;charset=utf-8" }));
  el("a", { href: url, download: `${now.table}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  at("said").textContent = `${shown(rows.length)} rows saved.`;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
    at("said").textContent = "Link copied.";
  } catch {
    at("said").textContent = location.href; // where the browser forbids it, to be copied by hand
  }
}

function listen() {
  let waiting;
  at("form").addEventListener("submit", (event) => event.preventDefault());
  at("table").addEventListener("change", (event) => go({ table: event.target.value }));
  at("facets").addEventListener("change", (event) => choose(event.target.name, event.target.value));
  for (const name of ["q", "from", "to"]) {
    at(name).addEventListener("input", (event) => {
      const value = event.target.value.trim();
      clearTimeout(waiting);
      waiting = setTimeout(() => name === "q" || /^(\d{4})?$/.test(value) ? choose(name, value) : undefined, 250);
    });
  }
  at("csv").addEventListener("click", save);
  at("link").addEventListener("click", copy);
  at("clear").addEventListener("click", () => go({ table: now.table }));
  window.addEventListener("hashchange", drawOrSay); // the reader follows a link, or goes back
}

async function begin() {
  explorer.hidden = false;
  at("more").open = window.innerWidth > 700;
  listen();
  index = await load("index");
  index.title = Object.fromEntries(index.tables);
  index.names = Object.keys(index.title);
  listTables();
  await draw();
}

if (explorer) begin().catch(say);
