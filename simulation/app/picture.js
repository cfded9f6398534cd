// Shows markup made on the server and changes only what differs from the last one, so that keyboard focus stays where
// it is, shapes glide, and a week costs the browser little.
function morph(from, to) {
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name)) from.removeAttribute(name);
  }
  const old = [...from.childNodes];
  const fresh = [...to.childNodes];
  fresh.forEach((node, place) => {
    const present = old[place];
    if (!present) from.append(node);
    else if (present.nodeName !== node.nodeName) present.replaceWith(node);
    else if (node.nodeType === Node.ELEMENT_NODE) morph(present, node);
    else if (present.nodeValue !== node.nodeValue) present.nodeValue = node.nodeValue;
  });
  old.slice(fresh.length).forEach((node) => node.remove());
}

export default {
  template: "<div></div>",
  props: { markup: String },
  mounted() {
    this.paint();
    this.$el.addEventListener("click", (event) => this.pick(event));
    this.$el.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === " ") && event.target.closest("[data-pick]")) {
        event.preventDefault();
        event.stopPropagation();
        this.pick(event);
      }
    });
  },
  watch: {
    markup() {
      this.paint();
    },
  },
  methods: {
    paint() {
      const template = document.createElement("template");
      template.innerHTML = `<div>${this.markup || ""}</div>`;
      const made = template.content.firstChild;
      for (const { name, value } of this.$el.attributes) made.setAttribute(name, value);
      morph(this.$el, made);
    },
    pick(event) {
      const target = event.target.closest("[data-pick]");
      if (target) this.$emit("pick", target.dataset.pick);
    },
  },
};
