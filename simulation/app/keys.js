// Shortcuts for the whole page, left alone while a control has the focus; and whether the window is as narrow as a phone.
const OWN = "input,textarea,select,[role=slider],[role=combobox],[role=listbox],[role=option],[role=radio],.q-dialog,[contenteditable]";
const PRESSED = "button,a,summary,[role=button],[role=switch]"; // these want the space bar only
const KEYS = [" ", "ArrowRight", "Home", "End", "l", "p", "t"];
const TOURING = ["PageDown", "PageUp"]; // a presenter's remote; elsewhere they scroll

const TYPED = "input:not([readonly]):not([role=combobox]),textarea,[contenteditable],.q-dialog"; // their own way back

function wayBack(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.closest(TYPED)) return "";
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" ? "redo" : "";
}

export default {
  template: "<div hidden></div>",
  mounted() {
    this.onKey = (event) => {
      const back = wayBack(event);
      if (back) {
        event.preventDefault();
        return this.$emit("key", { key: back, shift: false });
      }
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "Escape") return this.$emit("key", { key: "Escape", shift: false });
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const touring = TOURING.includes(key) && document.querySelector(".tour.open");
      if (!(KEYS.includes(key) || touring) || event.target.closest(OWN)) return;
      if (key === " " && event.target.closest(PRESSED)) return;
      event.preventDefault();
      this.$emit("key", { key, shift: event.shiftKey });
    };
    document.addEventListener("keydown", this.onKey);
    this.narrow = window.matchMedia("(max-width: 700px)");
    this.onNarrow = () => this.$emit("narrow", this.narrow.matches);
    this.narrow.addEventListener("change", this.onNarrow);
    this.onNarrow();
  },
  unmounted() {
    document.removeEventListener("keydown", this.onKey);
    this.narrow.removeEventListener("change", this.onNarrow);
  },
};
