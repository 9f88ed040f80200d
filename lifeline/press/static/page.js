// What the theme's buttons need besides the theme's own script.
const WIDE = "(min-width: 992px)"; // where the list of chapters stands beside the text
const SAID = { light: "light", dark: "dark", auto: "as the system" };

// On a wide screen the button hides the list of chapters; on a narrow one the theme opens it.
const chapters = document.getElementById("pst-primary-sidebar");
const toggle = document.querySelector(".primary-toggle");
toggle?.addEventListener("click", (event) => {
  if (!window.matchMedia(WIDE).matches) return;
  event.stopImmediatePropagation();
  chapters.classList.toggle("pst-sidebar-hidden");
}, true);

// The switch is called by the state it is in.
const root = document.documentElement;
function name() {
  for (const button of document.querySelectorAll(".theme-switch-button")) {
    button.title = `Color mode: ${SAID[root.dataset.mode] ?? SAID.auto}`;
    button.setAttribute("aria-label", button.title);
  }
}
new MutationObserver(name).observe(root, { attributeFilter: ["data-mode"] });
name();

// In a folder a browser refuses the pages that search would quote from; their titles are in the index.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
