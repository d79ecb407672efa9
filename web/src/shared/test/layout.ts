/**
 * happy-dom lays nothing out, and lists of which only a part is on the page ask what is in view. Here every line of a
 * list is 36 pixels high, and whatever scrolls shows 600.
 */
class MeasuringObserver implements ResizeObserver {
  readonly #changed: ResizeObserverCallback;
  #ended = false;

  constructor(changed: ResizeObserverCallback) {
    this.#changed = changed;
  }

  observe(target: Element): void {
    const height = target.tagName === "LI" ? 36 : 600;
    const contentRect = { width: 300, height } as DOMRectReadOnly;
    queueMicrotask(() => {
      if (!this.#ended) this.#changed([{ target, contentRect } as ResizeObserverEntry], this);
    });
  }

  unobserve(): void {}

  disconnect(): void {
    this.#ended = true;
  }
}

export function layOut(): void {
  window.ResizeObserver = MeasuringObserver;
  Object.defineProperty(HTMLElement.prototype, "offsetParent", {
    configurable: true,
    get(this: HTMLElement) {
      return this.parentElement;
    },
  });
}
