// Stands between the page and the server, so that a story can cut the connections of answers, or tell one slowly.
import { createServer, request } from "node:http";

export async function cutProxy(target) {
  const { hostname, port } = new URL(target);
  const open = new Set();
  const proxy = {
    url: "",
    /** While true, nothing is let through. */
    away: false,
    /** What the next question is answered with instead: `{ words, pause }`, milliseconds between words. */
    told: null,
    /** Milliseconds between the events of an answer: a fast model's answer takes as long as a slow one's. */
    pace: 0,
    /** Breaks every answer that is being streamed, as a lost network does. */
    cut() {
      for (const response of open) response.destroy();
    },
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
  const server = createServer((asked, answer) => {
    if (proxy.away) return answer.destroy();
    if (proxy.told !== null && asked.method === "POST" && asked.url === "/api/chat") {
      const story = proxy.told;
      proxy.told = null;
      asked.resume();
      return void tell(answer, story);
    }
    const forwarded = request(
      { hostname, port, path: asked.url, method: asked.method, headers: asked.headers },
      (response) => {
        answer.writeHead(response.statusCode, response.headers);
        // A stream that is silent is open all the same.
        answer.flushHeaders();
        if (response.headers["content-type"] !== "text/event-stream") return void response.pipe(answer);
        paced(response, answer, () => proxy.pace).catch(() => answer.destroy());
        open.add(answer);
        answer.on("close", () => {
          open.delete(answer);
          forwarded.destroy();
        });
      },
    );
    forwarded.on("error", () => answer.destroy());
    asked.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  return proxy;
}

async function paced(response, answer, pace) {
  let rest = "";
  for await (const piece of response.setEncoding("utf8")) {
    const events = (rest + piece).split(/(?<=\n\n)/);
    rest = events.at(-1).endsWith("\n\n") ? "" : events.pop();
    for (const event of events) {
      if (answer.destroyed) return;
      answer.write(event);
      if (pace() > 0) await new Promise((resolve) => setTimeout(resolve, pace()));
    }
  }
  answer.end(rest);
}

async function tell(answer, { words, pause }) {
  answer.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req_told" });
  for (const text of words) {
    answer.write(`data: ${JSON.stringify({ text, partial: true })}\n\n`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  const usage = { prompt_tokens: 1, completion_tokens: words.length, total_tokens: words.length + 1 };
  const done = { text: "", done: true, model: "told", latency_ms: 1, skill_type: "chat", finish: "stop", cost_usd: 0 };
  answer.end(`data: ${JSON.stringify({ ...done, usage, locality: "local", calibrated: false, request_id: "req_told" })}\n\n`);
}
