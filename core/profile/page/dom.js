// SPDX-License-Identifier: Apache-2.0
// Elements. Text out of files goes in as text nodes, never as HTML.

export const byId = (id) => document.getElementById(id);

// make("td", { class: "number" }, "12", otherElement)
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, value);
    }
  }
  element.append(...children);
  return element;
}

export const fill = (element, ...children) => element.replaceChildren(...children);

// Shows one of the buttons of segmented() as pressed.
export function press(group, value) {
  for (const button of group.children) {
    button.setAttribute("aria-pressed", String(button.dataset.value === value));
  }
}

// A row of buttons of which one is pressed: choices are [value, text].
export function segmented(label, choices, chosen, onChoose) {
  const group = make("div", { class: "segmented", role: "group", "aria-label": label });
  for (const [value, text] of choices) {
    group.append(make("button", { type: "button", "data-value": value,
      onclick: () => { press(group, value); onChoose(value); } }, text));
  }
  press(group, chosen);
  return group;
}

// A table of a head and rows of cells; columns from `numbersFrom` on are numbers.
export function table(head, rows, numbersFrom = 1) {
  const cell = (tag) => (content, column) =>
    make(tag, { class: column >= numbersFrom && "number" }, content);
  return make("table", {},
    make("thead", {}, make("tr", {}, ...head.map(cell("th")))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cell("td"))))));
}
