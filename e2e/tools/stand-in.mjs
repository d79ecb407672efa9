// A stand-in for where models come from: one file that names itself a model and holds nothing else, and the first answer
// stops in the middle.
import { createServer } from "node:http";

const bytes = 4 << 20;

/** A file with the header of a model of the format GGUF, version 3: four facts and no tensor. */
function model() {
  const parts = [];
  const u32 = (value) => parts.push(Buffer.from(Uint32Array.of(value).buffer));
  const u64 = (value) => parts.push(Buffer.from(BigUint64Array.of(BigInt(value)).buffer));
  const text = (value) => {
    u64(Buffer.byteLength(value));
    parts.push(Buffer.from(value));
  };
  const number = (name, value) => {
    text(name);
    u32(4);
    u32(value);
  };
  parts.push(Buffer.from("GGUF"));
  u32(3);
  u64(0);
  u64(4);
  text("general.architecture");
  u32(8);
  text("llama");
  number("llama.context_length", 2048);
  number("llama.block_count", 1);
  number("llama.embedding_length", 32);
  const head = Buffer.concat(parts);
  return Buffer.concat([head, Buffer.alloc(bytes - head.length)]);
}

/** Listens on this machine; `url` is the file's. */
export async function standIn() {
  const content = model();
  let asked = 0;
  const server = createServer((request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const headers = { "content-length": content.length - from, etag: '"1"', "accept-ranges": "bytes" };
    if (from > 0) headers["content-range"] = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(from > 0 ? 206 : 200, headers);
    if (request.method === "HEAD") return response.end();
    asked += 1;
    if (asked === 1) return response.write(content.subarray(0, content.length / 2));
    return response.end(content.subarray(from));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/story.gguf`;
  return {
    url,
    bytes,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
