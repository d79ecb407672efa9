import { answerText } from "./event-text";
import { isText } from "./media";
import type { HttpRequest } from "./request";

/** An answer, as far as it has come. Times are in milliseconds since the request was made. */
export interface Answer {
  status: number;
  headers: [string, string][];
  mediaType: string;
  /** Until status and headers were there. */
  firstByteMs: number;
  /** Until the first event; `null` where there is none. */
  firstEventMs: number | null;
  /** Of the body, after decompression. */
  bytes: number;
  /** The body's beginning, at most `shownBytes` of it; empty where it is no text. */
  text: string;
  /** The latest `keptEvents` of them. */
  events: readonly { atMs: number; text: string }[];
  eventCount: number;
  /** The words that the events carry, put together. */
  words: string;
  /** Until the end; `null` while more may come. */
  totalMs: number | null;
  /** The whole body, to be saved; `null` while it comes, and of streams. */
  blob: Blob | null;
}

/** More than this of a body nobody reads in a page; it can be saved whole. */
const shownBytes = 400_000;
const keptEvents = 300;

/** Sends, and yields the answer again whenever more of it has come. Throws what `fetch` throws. */
export async function* send(request: HttpRequest, signal: AbortSignal): AsyncGenerator<Answer> {
  const begun = performance.now();
  const since = () => performance.now() - begun;
  const response = await fetch(request.url, { method: request.method, headers: headersOf(request), body: bodyOf(request), signal });
  const mediaType = response.headers.get("content-type") ?? "";
  let answer: Answer = {
    status: response.status,
    headers: [...response.headers],
    mediaType,
    firstByteMs: since(),
    firstEventMs: null,
    bytes: 0,
    text: "",
    events: [],
    eventCount: 0,
    words: "",
    totalMs: null,
    blob: null,
  };
  yield answer;
  const streamed = mediaType.startsWith("text/event-stream");
  const decoder = new TextDecoder();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let rest = "";
  for await (const piece of piecesOf(response)) {
    const text = isText(mediaType) ? decoder.decode(piece, { stream: true }) : "";
    answer = { ...answer, bytes: answer.bytes + piece.length, text: answer.text + (answer.bytes < shownBytes ? text : "") };
    if (streamed) {
      const blocks = (rest + text).split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      const events = blocks.filter((block) => block.trim() !== "").map((block) => ({ atMs: since(), text: block }));
      answer = {
        ...answer,
        events: [...answer.events, ...events].slice(-keptEvents),
        eventCount: answer.eventCount + events.length,
        firstEventMs: answer.firstEventMs ?? events[0]?.atMs ?? null,
        words: answer.words + events.map((event) => answerText(event.text)).join(""),
      };
    } else pieces.push(piece);
    yield answer;
  }
  yield { ...answer, totalMs: since(), blob: streamed ? null : new Blob(pieces, { type: mediaType }) };
}

async function* piecesOf(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Reached when nobody wants more, too: the server is told.
    await reader.cancel().catch(() => undefined);
  }
}

function headersOf({ headers, body }: HttpRequest): [string, string][] {
  // A form's type has a boundary, which the browser makes.
  if (body === null || body.kind === "form") return headers;
  return [["content-type", body.kind === "json" ? "application/json" : body.mediaType], ...headers];
}

function bodyOf({ body }: HttpRequest): BodyInit | null {
  if (body === null) return null;
  if (body.kind === "file") return body.file;
  if (body.kind !== "form") return body.text;
  const form = new FormData();
  for (const [name, value] of body.fields) form.append(name, value);
  for (const [name, file] of body.files) form.append(name, file);
  return form;
}
