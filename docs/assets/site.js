/* What the theme makes in the browser, made usable by keys and readers: the copy button of a piece of code stands in a
   group, not in a landmark of its own, and a table that scrolls can be reached by keys. */
const mend = () => {
  document.querySelectorAll("nav.md-code__nav:not([role])").forEach((each) => each.setAttribute("role", "group"))
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])").forEach((each) => (each.tabIndex = 0))
}
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true })
mend()
