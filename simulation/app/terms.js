// One bubble for the whole page: it shows the meaning of the term that is pointed at, focused or touched.
export default {
  template: '<div class="bubble" role="tooltip" id="term-meaning" hidden></div>',
  mounted() {
    this.on = {
      mouseover: (event) => this.show(event.target),
      focusin: (event) => this.show(event.target),
      click: (event) => this.show(event.target),
      scroll: () => this.hide(),
      keydown: (event) => event.key === "Escape" && this.hide(),
    };
    for (const [name, act] of Object.entries(this.on)) document.addEventListener(name, act, true);
  },
  unmounted() {
    for (const [name, act] of Object.entries(this.on)) document.removeEventListener(name, act, true);
  },
  methods: {
    show(target) {
      const term = target.closest ? target.closest("[data-meaning]") : null;
      if (!term) return this.$el.contains(target) ? undefined : this.hide();
      if (term === this.term) return;
      this.hide();
      this.term = term;
      term.setAttribute("aria-describedby", this.$el.id);
      this.$el.textContent = term.dataset.meaning;
      this.$el.hidden = false;
      const place = term.getBoundingClientRect();
      const own = this.$el.getBoundingClientRect();
      const left = Math.min(Math.max(place.left, 8), window.innerWidth - own.width - 8);
      const below = place.bottom + 6;
      this.$el.style.left = `${Math.max(left, 8)}px`;
      this.$el.style.top = `${below + own.height < window.innerHeight ? below : Math.max(place.top - own.height - 6, 4)}px`;
    },
    hide() {
      if (this.term) this.term.removeAttribute("aria-describedby");
      this.term = null;
      this.$el.hidden = true;
    },
  },
};
