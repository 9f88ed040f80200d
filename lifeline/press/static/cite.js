// A "Cite" button beside each figure and table, and the dialog it opens. All texts were made at build
// (lifeline/press/citing.py) and stand in the page, in #cite-data; this script shows and copies them.

(() => {
  "use strict";

  const store = document.getElementById("cite-data");
  if (!store) return;
  const works = JSON.parse(store.textContent);

  // An element with attributes and children; text is never read as HTML.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  const title = make("h2", { id: "cite-title" });
  const close = make("button", { type: "button", class: "cite-button" }, "Close");
  const choice = make("fieldset", {}, make("legend", {}, "What to cite:"));
  const texts = make("div");
  const status = make("p", { role: "status" });
  const dialog = make("dialog", { class: "cite-dialog", "aria-labelledby": "cite-title" },
    make("header", {}, title, close), choice, texts, status);
  document.body.append(dialog);

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  function select(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  // Some browsers give a page from a folder no clipboard: then the text is selected, and copied the old way.
  async function copy(format, block) {
    let copied = true;
    try {
      await navigator.clipboard.writeText(block.textContent);
    } catch {
      select(block);
      copied = document.execCommand("copy");
    }
    status.textContent = copied ? `${format} copied.` : `${format} is selected: copy it with your keyboard.`;
  }

  function section(format, text) {
    const block = make("pre", { tabindex: "0", role: "group", "aria-label": format }, text);
    const button = make("button", { type: "button", class: "cite-button", "aria-label": `Copy ${format}` }, "Copy");
    button.addEventListener("click", () => copy(format, block));
    return make("section", {}, make("header", {}, make("h3", {}, format), button), block);
  }

  function show(id) {
    texts.replaceChildren(...Object.entries(works[id].forms).map(([format, text]) => section(format, text)));
    status.textContent = "";
  }

  function option(id, chosen) {
    const radio = make("input", { type: "radio", name: "cite-what", value: id });
    radio.checked = chosen;
    radio.addEventListener("change", () => show(id));
    return make("label", {}, radio, ` ${works[id].called}`);
  }

  // The browser gives the focus back to the button when the dialog closes.
  function open(id) {
    title.textContent = `Cite ${works[id].called}`;
    choice.replaceChildren(choice.firstChild, ...[id, "chapter", "book"].map((each) => option(each, each === id)));
    show(id);
    dialog.showModal();
  }

  // Below a figure or table, behind its source; in the caption if nothing stands below.
  function place(element) {
    const frame = element.closest(".pst-scrollable-table-container") || element;
    const after = frame.nextElementSibling;
    const note = element.matches("figure") ? element.querySelector(".legend")
      : after && after.matches(".below-table") ? after : null;
    return (note && note.querySelector("p:last-of-type")) || element.querySelector("figcaption p, caption");
  }

  for (const id of Object.keys(works)) {
    const element = document.getElementById(id);
    if (!element || !element.matches("figure, table")) continue;
    const button = make("button", {
      type: "button", class: "cite-button", "aria-haspopup": "dialog", "aria-label": `Cite ${works[id].called}`,
    }, "Cite");
    button.addEventListener("click", () => open(id));
    place(element).append(" ", button);
  }
})();
