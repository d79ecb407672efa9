/** One server-sent event. */
export interface StreamEvent {
  /** The last id that the stream has named so far, by which it can be taken up again; `null` where it names none. */
  id: string | null;
  data: string;
}

/** The data of each server-sent event in a response's body, in order. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  for await (const { data } of streamEventsOf(body)) yield data;
}

/**
 * Each server-sent event in a response's body, in order; comments (keep-alives) are left out.
 * Events may come split anywhere, within a character too. WHATWG HTML, section 9.2.6.
 */
export async function* streamEventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const lines = new LineSplitter();
  let data: string[] = [];
  let id: string | null = null;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // What follows the last line break is an event that was cut off: the format says to drop it.
      for (const line of lines.push(decoder.decode(value, { stream: !done }))) {
        const [field, text] = fieldOf(line);
        if (line === "") {
          if (data.length > 0) yield { id, data: data.join("\n") };
          data = [];
        } else if (field === "data") {
          data.push(text);
        } else if (field === "id" && !text.includes("\0")) {
          id = text;
        }
      }
      if (done) return;
    }
  } finally {
    // Reached on an early `break` too: tells the server that nobody listens any more.
    await reader.cancel().catch(() => undefined);
  }
}

/** A line's name and value; one space after the colon belongs to neither. */
function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon === -1) return [line, ""];
  const text = line.slice(colon + 1);
  return [line.slice(0, colon), text.startsWith(" ") ? text.slice(1) : text];
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
