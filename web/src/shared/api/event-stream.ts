/**
 * The data of each server-sent event in a response's body, in order; comments (keep-alives) are left out.
 * Events may come split anywhere, within a character too. WHATWG HTML, section 9.2.6.
 */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const lines = new LineSplitter();
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // What follows the last line break is an event that was cut off: the format says to drop it.
      for (const line of lines.push(decoder.decode(value, { stream: !done }))) {
        if (line === "") {
          if (data.length > 0) yield data.join("\n");
          data = [];
        } else if (line === "data" || line.startsWith("data:")) {
          const text = line.slice(5);
          data.push(text.startsWith(" ") ? text.slice(1) : text);
        }
      }
      if (done) return;
    }
  } finally {
    // Reached on an early `break` too: tells the server that nobody listens any more.
    await reader.cancel().catch(() => undefined);
  }
}

/** Lines end with LF, CR or CRLF. A CR at the end of a piece may be half of a CRLF, so that it waits for the next. */
class LineSplitter {
  #rest = "";

  push(piece: string): string[] {
    const text = this.#rest + piece;
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? "") + text.slice(whole.length);
    return lines;
  }
}
