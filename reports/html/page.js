"use strict";
// Sorting and filtering of the tables, and the map of the modules, which plotly draws.

const all = (where, selector) => [...where.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);

// ---- sorting: by figures where they are, else by text; what is unknown comes last

const collator = new Intl.Collator("en", { numeric: true });

function keyOf(cell) {
  const exact = cell.dataset.value;
  if (exact === undefined) return cell.textContent;
  return /^\d+$/.test(exact) ? BigInt(exact) : Number(exact);
}

const compared = (a, b) => (typeof a === "string" ? collator.compare(a, b) : a < b ? -1 : a > b ? 1 : 0);

function sortable(table) {
  const heads = all(table, "thead th");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const turns = (head, column) => {
    const text = !rows.some((row) => row.cells[column].dataset.value) && !head.textContent.endsWith("%");
    return text ? ["ascending", "descending"] : ["descending", "ascending"];
  };
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const order = [...turns(head, column), "none"];
      const next = order[(order.indexOf(head.getAttribute("aria-sort")) + 1) % 3];
      heads.forEach((each) => each.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", next);
      body.append(...(next === "none" ? rows : sorted(rows, column, next === "descending")));
    });
  });
}

function sorted(rows, column, down) {
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column]) }));
  const exact = keyed.some(({ key }) => typeof key !== "string");
  const known = ({ key }) => (exact ? typeof key !== "string" : key !== "");
  const order = keyed.filter(known).sort((a, b) => (down ? compared(b.key, a.key) : compared(a.key, b.key)));
  return [...order, ...keyed.filter((each) => !known(each))].map(({ row }) => row);
}

all(document, "table").forEach(sortable);

// ---- filtering: every word must be in the row

function filtering() {
  const rows = [...byId("layers").tBodies[0].rows];
  const held = byId("count").textContent.split(" of ")[1];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const kinds = rows.map((row) => row.cells[1].textContent);
  const filter = () => {
    const words = byId("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const kind = byId("kind").value;
    let count = 0;
    rows.forEach((row, index) => {
      const fits = (!kind || kinds[index] === kind) && words.every((word) => texts[index].includes(word));
      row.hidden = !fits;
      count += fits;
    });
    byId("count").textContent = `${count.toLocaleString("en")} of ${held}`;
  };
  byId("words").addEventListener("input", filter);
  byId("kind").addEventListener("change", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  filter(); // a reloaded page may come with its words
}

filtering();

// ---- the map: an icicle of plotly, and beside it a list that needs no mouse

const { parts, traces } = JSON.parse(byId("data").textContent);
const inside = parts.map(() => []);
parts.forEach((part, index) => part.parent !== null && inside[part.parent].push(index));
const measure = () => document.querySelector("input[name=measure]:checked").value;
let level = 0;

// A row has the colour of its kind, a module a tint of the kind that it has most of.
function colours(values, colour) {
  const most = parts.map(() => new Map());
  values.forEach((value, index) => {
    const kind = parts[index].colour;
    for (let at = index; at !== null; at = parts[at].parent) most[at].set(kind, (most[at].get(kind) || 0) + value);
  });
  const channels = (name) => colour(name).match(/[\da-f]{2}/gi).map((each) => parseInt(each, 16));
  const paper = channels("--module");
  return most.map((found, index) => {
    const [kind] = [...found].filter(([each]) => each !== null).reduce((a, b) => (b[1] > a[1] ? b : a), [8, 0]);
    const share = parts[index].kind ? 1 : 0.24;
    return channels(`--k${kind}`).map((channel, at) => Math.round(share * channel + (1 - share) * paper[at]));
  });
}

// Dark words on light areas, light words on dark ones.
const legible = ([red, green, blue]) => (0.3 * red + 0.59 * green + 0.11 * blue > 145 ? "#171b1d" : "#ffffff");

function drawn(size = {}) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const areas = colours(traces[measure()].values, colour);
  const trace = {
    ...traces[measure()],
    level: String(level),
    maxdepth: (size.width || byId("map").clientWidth) < 600 ? 3 : 5,
    marker: { colors: areas.map((each) => `rgb(${each})`), line: { color: colour("--paper"), width: 1 } },
    insidetextfont: { color: areas.map(legible) },
    outsidetextfont: { color: areas.map(legible) }, // of the root, which plotly takes for outside
  };
  const layout = {
    margin: { t: 0, r: 0, b: 0, l: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    font: { family: style.getPropertyValue("--sans"), size: 13 },
    uniformtext: { minsize: 10, mode: "hide" },
    hoverlabel: { align: "left", bgcolor: colour("--wash"), bordercolor: colour("--quiet"), font: { color: colour("--ink") } },
    autosize: !size.width,
    ...size,
  };
  return Plotly.react(byId("map"), [trace], layout, { displayModeBar: false, responsive: true });
}

function listItem(...children) {
  const item = document.createElement("li");
  item.append(...children);
  return item;
}

function piece(name, text, className = "") {
  const element = Object.assign(document.createElement(name), { textContent: text, className });
  if (name === "button") element.type = "button";
  return element;
}

function button(index) {
  const found = piece("button", parts[index].label);
  found.addEventListener("click", () => zoom(index, true));
  return found;
}

function listed() {
  const { customdata, text } = traces[measure()];
  const above = [];
  for (let at = parts[level].parent; at !== null; at = parts[at].parent) above.unshift(listItem(button(at)));
  const here = piece("span", parts[level].label);
  here.setAttribute("aria-current", "true");
  byId("trail").replaceChildren(...above, listItem(here, piece("span", `: ${customdata[level]}`)));
  byId("inside").replaceChildren(
    ...inside[level].map((index) => {
      const { label, kind, formula, colour } = parts[index];
      const name = inside[index].length ? button(index) : piece("span", label);
      if (kind) name.prepend(piece("i", "", `k${colour}`));
      name.title = kind ? `${kind}: ${formula}` : parts[index].rows;
      return listItem(name, piece("span", customdata[index]), piece("span", text[index], "share"));
    }),
  );
  const unknown = parts.filter((part, index) => part.kind && customdata[index] === "unknown");
  const names = unknown.slice(0, 5).map(({ path }) => path).join(", ");
  const most = unknown.length > 5 ? `, and ${unknown.length - 5} more` : "";
  const nothing = traces[measure()].values.some((value) => value > 0) ? "" : `Nothing here has ${measure()}. `;
  byId("absent").textContent = nothing + (unknown.length ? `Unknown, so without an area: ${names}${most}.` : "");
}

function zoom(index, byKey = false) {
  level = index;
  listed();
  drawn();
  if (byKey) (byId("inside").querySelector("button") || byId("trail").querySelector("button"))?.focus();
}

function mapped() {
  byId("map-section").hidden = false;
  byId("unscripted").hidden = true;
  listed();
  drawn();
  byId("map").on("plotly_icicleclick", ({ points: [point] }) => {
    const index = Number(point.id);
    const next = index === level ? parts[index].parent : index;
    if (next !== null && inside[next].length) zoom(next);
    return false; // plotly would zoom without the list
  });
  byId("measures").addEventListener("change", () => zoom(level));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawn());
  const printing = document.documentElement.classList;
  addEventListener("beforeprint", () => (printing.add("printing"), drawn({ width: 1000, height: 300 })));
  addEventListener("afterprint", () => (printing.remove("printing"), drawn()));
}

mapped();
