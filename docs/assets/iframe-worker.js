/* The search of the site runs in a worker, and a page that is opened from a folder (file:) may not start one.
   There a hidden frame does the worker's work; the theme's search script looks for it by this name. */
if (location.protocol === "file:") {
  const load = (page, address) =>
    new Promise((done, failed) => {
      const script = page.createElement("script")
      script.src = address
      script.onload = done
      script.onerror = () => failed(new Error(`cannot load ${address}`))
      page.head.append(script)
    })

  window.IFrameWorker = class extends EventTarget {
    constructor(address) {
      super()
      this.frame = document.createElement("iframe")
      this.frame.hidden = true
      this.frame.srcdoc = "<!doctype html>"
      this.ready = new Promise((done) => this.frame.addEventListener("load", done, { once: true })).then(() => {
        const inside = this.frame.contentWindow
        const page = inside.document
        inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
        inside.importScripts = (...addresses) =>
          addresses.reduce((before, each) => before.then(() => load(page, each)), Promise.resolve())
        return load(page, new URL(address, location).href).then(() => inside)
      })
      document.body.append(this.frame)
    }

    postMessage(data) {
      this.ready.then((inside) => inside.dispatchEvent(new inside.MessageEvent("message", { data })))
    }

    terminate() {
      this.frame.remove()
    }
  }
  window.Worker = window.IFrameWorker
}
