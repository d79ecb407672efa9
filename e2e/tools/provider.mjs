// A stand-in for a provider of models: speaks OpenAI's chat completions, keeps what it was sent, and answers with the last
// message that it got.
import { createServer } from "node:http";

/** Listens on this machine. `sent` holds the bodies of the requests; `config` is its section of a configuration. */
export async function provider(id) {
  const sent = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const body = JSON.parse(text);
    sent.push(body);
    const last = body.messages.at(-1).content;
    const said = typeof last === "string" ? last : last.map((part) => part.text ?? "").join("");
    const base = { id: "c1", object: "chat.completion.chunk", created: 0, model: body.model };
    response.writeHead(200, { "content-type": "text/event-stream" });
    const frame = (value) => response.write(`data: ${JSON.stringify({ ...base, ...value })}\n\n`);
    for (const word of `From afar: ${said}`.match(/\S+\s*/g)) {
      frame({ choices: [{ index: 0, delta: { content: word }, finish_reason: null }] });
    }
    frame({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
    frame({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } });
    response.end("data: [DONE]\n\n");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const config = `
[[remote]]
id = "${id}"
provider = "stand-in"
base_url = "http://127.0.0.1:${server.address().port}/v1"
model = "stand-in-1"
context_tokens = 8192
vision = true
input_usd_per_million = 10
output_usd_per_million = 30
`;
  return {
    sent,
    config,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
