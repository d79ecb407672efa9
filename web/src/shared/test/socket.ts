import { vi } from "vitest";

/** Stands in for the browser's sockets: a test opens, feeds and closes what the page has made. */
export class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];

  /** Puts it in the place of `WebSocket`. */
  static install(): void {
    FakeSocket.made = [];
    vi.stubGlobal("WebSocket", FakeSocket);
  }

  static latest(): FakeSocket {
    const last = FakeSocket.made.at(-1);
    if (last === undefined) throw new Error("the page has opened no socket");
    return last;
  }

  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSocket.made.push(this);
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  frame(topic: string, data: unknown, seq = 1, at = Date.now() / 1000): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ topic, seq, at, data }) }));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(code = 1006): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}
