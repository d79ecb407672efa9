// How long the page's thread is busy for each frame while an answer of 13 KB streams in. The answer comes at a steady pace
// that is set here, in the place of the server's: as fast as a good graphics card writes, and the same on every machine.
import { of } from "./numbers.mjs";

const visits = 3;
const pieceEveryMs = 8;

export async function streaming({ base, browser }) {
  const busy = [];
  const shifts = [];
  const frames = [];
  for (let visit = 0; visit < visits; visit++) {
    const run = await once(browser, base);
    busy.push(...run.busy);
    shifts.push(run.cls);
    frames.push(run.busy.length);
  }
  return [
    of(`a frame of a streamed answer of ${answer().length} characters, busy time`, "ms", busy, { share: 0.95, budget: { most: 8 } }),
    of("the same, median", "ms", busy),
    of("frames in a run", "frames", frames),
    of("cumulative layout shift while it streams", "score", shifts, { budget: { most: 0.01 } }),
  ];
}

async function once(browser, base) {
  const context = await browser.newContext({ viewport: { width: 1350, height: 940 } });
  const page = await context.newPage();
  await page.addInitScript(pace, { pieces: answer().match(/[\s\S]{1,5}/g), everyMs: pieceEveryMs });
  await page.goto(`${base}/chat`);
  const box = page.getByRole("textbox", { name: "Your message" });
  await box.fill("Tell me everything.");
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "blink.user_timing"] });
  await box.press("Enter");
  await page.waitForFunction(() => globalThis.paced?.done, undefined, { timeout: 120_000 });
  const { events, cls } = await page.evaluate(() => ({ events: paced.frames, cls: paced.cls }));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const shown = await page.getByRole("log").getByRole("article").first().innerText();
  if (!shown.includes("The end of it.")) throw new Error("the answer was not shown to its end");
  await context.close();
  return { busy: busyPerFrame(traceEvents, events), cls };
}

/**
 * The time that the page's thread worked between two frames, for all frames of the stream. Its own time on a processor
 * where the trace has it: what other programs do in between is no work of the page.
 */
function busyPerFrame(trace, frames) {
  const marks = trace.filter(({ name }) => name === "council-frame");
  const thread = marks[0];
  if (thread === undefined) throw new Error("the trace has no frames");
  const tasks = trace.filter(({ name, ph, pid, tid, dur }) => name === "RunTask" && ph === "X" && dur > 0 && pid === thread.pid && tid === thread.tid);
  if (tasks.length === 0) throw new Error("the trace has no tasks of the page's thread");
  const begins = marks.map(({ ts }) => ts).slice(0, frames);
  return begins.slice(1).map((end, index) => {
    const begin = begins[index];
    const worked = tasks.reduce((sum, { ts, dur, tdur = dur }) => {
      const within = Math.max(0, Math.min(ts + dur, end) - Math.max(ts, begin));
      return sum + (within / dur) * tdur;
    }, 0);
    return worked / 1000;
  });
}

/** In the page: answers questions itself, piece by piece, and marks each frame. */
function pace({ pieces, everyMs }) {
  globalThis.paced = { frames: 0, done: false, cls: 0 };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) paced.cls += hadRecentInput ? 0 : value;
  }).observe({ type: "layout-shift", buffered: true });
  const usual = globalThis.fetch;
  const frame = () => {
    if (paced.done) return;
    performance.mark("council-frame");
    paced.frames += 1;
    requestAnimationFrame(frame);
  };
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    if (request.method !== "POST" || new URL(request.url).pathname !== "/api/chat") return usual(request);
    // What moved before there was a question is no matter of the answer.
    paced.cls = 0;
    const encoder = new TextEncoder();
    let id = 0;
    const body = new ReadableStream({
      start(controller) {
        const send = (frame) => controller.enqueue(encoder.encode(`id: ${++id}\ndata: ${JSON.stringify(frame)}\n\n`));
        const begun = performance.now();
        requestAnimationFrame(frame);
        const timer = setInterval(() => {
          // Timers are late now and then; what should have come by now comes.
          const due = Math.min(pieces.length, Math.ceil((performance.now() - begun) / everyMs));
          while (id < due) send({ text: pieces[id], partial: true });
          if (id < pieces.length) return;
          clearInterval(timer);
          send({ text: "", done: true, model: "paced", request_id: "req_paced", session_id: null, finish: "stop", skill_type: "chat",
            confidence: 0, cost_usd: 0, latency_ms: 1, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, prompt_tokens_details: { cached_tokens: 0 } } });
          controller.close();
          setTimeout(() => (paced.done = true), 100);
        }, everyMs);
      },
    });
    return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream", "x-request-id": "req_paced" } }));
  };
}

/** 13 KB of what answers are made of. */
function answer() {
  const part = (number) => `## Part ${number}

A paragraph with **bold words**, some \`code\`, and a [link](https://example.com), which goes on for a while so that it fills
several lines of the column, as paragraphs of answers do.

- an entry of a list, with *emphasis*
- another, with \`more code\`

| name | value |
|---|---|
| first | ${number} |
| second | ${number * 2} |

\`\`\`python
def part_${number}(values):
    return [value * ${number} for value in values if value is not None]
\`\`\`

`;
  let text = "";
  for (let number = 1; text.length < 13_000; number++) text += part(number);
  return `${text}The end of it.`;
}
