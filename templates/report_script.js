// Sorts and filters the page's tables. Everything is there without it: what it needs, it makes itself.
(() => {
"use strict";
const order = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
const whole = /^\d{4}-\d\d-\d\d$/;
const make = (name, text, props) => Object.assign(document.createElement(name), {textContent: text || ""}, props);
const number = text => {
  const found = parseFloat(text.replace(",", "."));
  return Number.isNaN(found) ? "" : found;
};

// Sort: blank cells last, dates and versions in natural order, numbers by value.
const sort = (table, place, down, asNumber) => {
  const body = table.tBodies[0];
  const keyed = [...body.rows].map(row => {
    const text = row.cells[place] ? row.cells[place].textContent.trim() : "";
    return [asNumber ? number(text) : text, row];
  });
  const compare = asNumber ? (a, b) => a - b : order.compare;
  keyed.sort(([a], [b]) => a === "" || b === "" ? (a === "") - (b === "") : down * compare(a, b));
  body.append(...keyed.map(([, row]) => row));
};
const sortable = table => [...table.tHead.rows[0].cells].forEach((head, place) => {
  const button = make("button", head.textContent.trim(), {type: "button"});
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const down = head.ariaSort === "ascending" ? -1 : 1;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down > 0 ? "ascending" : "descending");
    sort(table, place, down, head.classList.contains("n"));
  });
});

// Whether a period was live on a day: 2 yes, 1 perhaps, 0 no. Its texts are as page_charts.py writes them.
const held = (day, from, to, today) => {
  const starts = from.slice(-10), ends = to.slice(-10);
  if (day > today || to !== "still live" && day > ends) return 0;
  if (whole.test(from) && day < from) return 0;
  return from === "not known" || from !== starts && day < starts || to.startsWith("by ") ? 1 : 2;
};

const filterable = table => {
  const controls = make("div", "", {className: "controls"});
  const field = (label, type) => {
    const box = controls.appendChild(make("label", label)).appendChild(make("input", "", {type}));
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 120); });
    return box;
  };
  let timer, texts;
  const rows = [...table.tBodies[0].rows];
  const words = field("Filter rows by words", "search");
  const day = table.dataset.today ? field("Live on the day", "date") : null;
  const count = controls.appendChild(make("p"));
  count.setAttribute("role", "status");
  const show = () => {
    texts ||= rows.map(row => Array.from(row.cells, cell => cell.textContent).join("\n").toLowerCase());
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = [0, 0, 0];
    rows.forEach((row, index) => {
      let is = wanted.every(word => texts[index].includes(word)) ? 2 : 0;
      if (is && day && day.value) {
        is = held(day.value, row.cells[4].textContent, row.cells[5].textContent, table.dataset.today);
      }
      row.hidden = !is;
      row.classList.toggle("maybe", is === 1);
      shown[is]++;
    });
    const perhaps = shown[1] ? ` and ${shown[1]} perhaps: nobody wrote down from or until when` : "";
    count.textContent = day && day.value ? `${shown[2]} live on ${day.value}${perhaps}`
      : shown[2] < rows.length ? `${shown[2]} of ${rows.length} rows` : `${rows.length} rows`;
  };
  table.parentNode.before(controls);
  count.textContent = `${rows.length} rows`;
};

// Tall cells become one cell a row, so that rows can be told apart and moved.
const untangle = (heads, rows) => {
  const tall = heads.map(() => [0, null]);
  for (const row of rows) {
    const own = [...row.cells];
    row.replaceChildren(...heads.map((head, place) => {
      const from = tall[place];
      const cell = from[0] ? from[1].cloneNode(true) : own.shift() || make("td");
      from[0] ? from[0]-- : tall[place] = [cell.rowSpan - 1, cell];
      cell.removeAttribute("rowspan");
      if (head.className === "n") cell.className = "n";
      return cell;
    }));
  }
};

// The number of each row in the sheet, as a link where there are links.
const numbered = (heads, rows, {rows: ranges, before, after}) => {
  const numbers = ranges.split(" ").flatMap(run => {
    const [first, length] = run.split("+").map(Number);
    return Array.from({length}, (_, more) => first + more);
  });
  rows.forEach((row, index) => {
    for (const cell of row.children) {
      const text = cell.textContent;
      if (/^https?:\/\/\S+$/i.test(text)) cell.replaceChildren(make("a", text, {href: text}));
    }
    const cell = make("td", "", {className: "n"});
    cell.append(before ? make("a", numbers[index], {href: before + numbers[index] + after}) : numbers[index]);
    row.prepend(cell);
  });
  heads[0].before(make("th", "Row", {className: "n", scope: "col"}));
  heads[0].closest("table").querySelector("col").before(make("col", "", {width: "3%"})); // on paper
};

const main = document.getElementById("main");
main.querySelectorAll("a[data-c]").forEach(link => {
  link.href = main.dataset.before + link.dataset.c + main.dataset.after;
});
main.querySelectorAll(".scroll table").forEach(table => {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells], rows = [...body.rows];
  body.remove(); // what is not shown is changed faster
  untangle(heads, rows);
  if (table.dataset.rows) numbered(heads, rows, table.dataset);
  table.append(body);
  sortable(table);
  filterable(table);
});

// On paper a day in a sentence stays whole.
addEventListener("beforeprint", () => main.querySelectorAll("td,dd,i").forEach(place => {
  const parts = place.children.length ? [] : place.textContent.split(/(\d{4}-\d\d-\d\d)/);
  if (parts[2] || parts[1] && parts[0]) place.replaceChildren(...parts.map((part, at) => at % 2 ? make("time", part) : part));
}));
})();
