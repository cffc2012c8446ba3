// What the pages do beyond htmx. No page needs it to be read; without it forms are sent by their buttons.
"use strict";

// A form that decides as one types: where somebody is typing, an answer that is older than what was typed since
// is not shown. The next one is on its way.
let typed = 0;
document.addEventListener("input", () => { typed += 1; });
document.addEventListener("htmx:beforeRequest", (event) => { event.detail.xhr.licetTyped = typed; });
document.addEventListener("htmx:beforeSwap", (event) => {
  const live = event.detail.target && event.detail.target.closest("[data-live]");
  const here = live && live.contains(document.activeElement);
  if (here && event.detail.xhr.licetTyped !== typed) {
    event.detail.shouldSwap = false;
  }
});

// What goes wrong is told at the top, in the words of the server.
function note(text) {
  const place = document.getElementById("notes");
  const line = document.createElement("p");
  line.className = "fault";
  line.textContent = text;
  place.replaceChildren(line);
}
document.addEventListener("htmx:responseError", (event) => {
  const xhr = event.detail.xhr;
  let text = "The desk answered with an error (" + xhr.status + ").";
  if ((xhr.getResponseHeader("content-type") || "").includes("problem+json")) {
    text = JSON.parse(xhr.responseText).detail;
  } else {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const fault = page.querySelector(".fault");
    if (fault) { text = fault.textContent.trim(); }
  }
  note(text);
});
document.addEventListener("htmx:sendError", () => note("The desk does not answer. Is it running?"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) { document.getElementById("notes").replaceChildren(); }
});

// "None of these" and the others exclude one another.
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.type !== "checkbox") { return; }
  const group = box.closest(".checks");
  if (group && box.checked) {
    const none = box.name.endsWith("!");
    for (const other of group.querySelectorAll("input[type=checkbox]")) {
      if (other !== box && (none || other.name.endsWith("!"))) { other.checked = false; }
    }
  }
  const all = box.closest("[data-all]");
  if (all) {
    for (const other of document.querySelectorAll(box.dataset.boxes)) { other.checked = box.checked; }
  }
}, true);

// A file that the desk would refuse for its size is not even sent.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.type !== "file" || !field.dataset.most) { return; }
  const most = Number(field.dataset.most);
  const large = [...field.files].some((file) => file.size > most);
  field.setCustomValidity(large ? "The file is above " + most.toLocaleString("en") + " bytes; use licet replay for it." : "");
  field.reportValidity();
});

// The slider over the law's days: its place is a day of the list, which goes into the field beside it.
function slide(range, step) {
  const days = JSON.parse(range.dataset.days);
  if (step) { range.value = Math.min(days.length - 1, Math.max(0, Number(range.value) + step)); }
  const day = days[Number(range.value)];
  const field = document.getElementById(range.dataset.for);
  field.value = day;
  range.setAttribute("aria-valuetext", day);
  return field;
}
document.addEventListener("input", (event) => {
  if (event.target.matches("input[type=range][data-days]")) { slide(event.target, 0); }
  if (event.target.matches("[data-slider]")) {
    const range = document.getElementById(event.target.dataset.slider);
    const days = JSON.parse(range.dataset.days);
    let at = 0;
    while (at + 1 < days.length && days[at + 1] <= event.target.value) { at += 1; }
    range.value = at;
    range.setAttribute("aria-valuetext", event.target.value);
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-step], button[data-day], button[data-print]");
  if (!button) { return; }
  if (button.dataset.print !== undefined) { window.print(); return; }
  const range = document.getElementById(button.dataset.range);
  if (button.dataset.step) {
    slide(range, Number(button.dataset.step)).dispatchEvent(new Event("input", { bubbles: true }));
  } else {
    const field = document.getElementById(range.dataset.for);
    field.value = button.dataset.day;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// On paper everything is open.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const one of closed) { one.open = true; }
});
addEventListener("afterprint", () => {
  for (const one of closed) { one.open = false; }
});
