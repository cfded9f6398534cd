/* The theme wraps the copy button of every piece of code in a landmark of its own. They are groups, not landmarks. */
const grouped = () =>
  document.querySelectorAll("nav.md-code__nav:not([role])").forEach((each) => each.setAttribute("role", "group"))
new MutationObserver(grouped).observe(document.body, { childList: true, subtree: true })
grouped()
