// A server of our own for one story: the built binary, a data directory that is thrown away, a free port.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/**
 * Starts `council serve`. `model`: "scripted" answers with the labelled fake, "default" with the default model, which
 * must have been pulled. `args` go to `council serve`, such as `["--set", "key=value"]`.
 * UI_DIR in the environment names a built page that is served in place of the one in the binary.
 * `run(...)` is another command of the same program, beside the server, and what that prints.
 * `stop()` ends it and throws its data away; `kill()` and `start()` keep data and address.
 */
export async function serve({ binary = process.env.COUNCIL_BINARY, model = "scripted", args = [] } = {}) {
  if (binary === undefined) throw new Error("no council binary: name one in COUNCIL_BINARY");
  assert.ok(model === "scripted" || model === "default", `no such model: \`${model}\`; \`scripted\` or \`default\``);
  const home = mkdtempSync(join(tmpdir(), "council-e2e-"));
  const scripted = ["--scripted", "--models-dir", join(home, "models")];
  const which = model === "scripted" ? scripted : ["--models-dir", modelsDir()];
  const page = process.env.UI_DIR ? ["--set", `ui_dir=${resolve(process.env.UI_DIR)}`] : [];
  const always = ["serve", "--host", "127.0.0.1", "--data-dir", join(home, "data"), ...which, ...page, ...args];
  const server = { url: "", home, pid: 0, log: "", start, kill, stop, run };
  let child = null;

  async function start() {
    const port = server.url === "" ? "0" : new URL(server.url).port;
    child = spawn(binary, [...always, "--port", port], { env: environment(home), stdio: ["ignore", "pipe", "pipe"] });
    server.pid = child.pid;
    child.stderr.on("data", (piece) => (server.log += piece));
    const line = await firstLine(child);
    const url = / at (http:[^ ,]*),/.exec(line)?.[1];
    if (url === undefined) throw new Error(`the server did not say where it is: \`${line}\`\n${server.log}`);
    server.url = url;
  }

  async function kill() {
    if (child === null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.signalCode === null && child.kill()) await ended;
    child = null;
  }

  function run(...command) {
    const where = ["--data-dir", join(home, "data"), "--url", server.url];
    return execFileSync(binary, [...command, ...where], { encoding: "utf8", env: environment(home) }).trim();
  }

  async function stop() {
    await kill();
    rmSync(home, { recursive: true, force: true });
  }

  // A story that fails half-way leaves nothing running and nothing behind.
  process.once("exit", () => {
    child?.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  });
  await start();
  return server;
}

/** Ours is empty of settings of the person who runs the tests; the program refuses variables that it does not know. */
function environment(home) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("COUNCIL_"));
  return { ...Object.fromEntries(kept), XDG_CONFIG_HOME: join(home, "config") };
}

function modelsDir() {
  const data = process.env.XDG_DATA_HOME ?? join(homedir(), ".local/share");
  return process.env.COUNCIL_MODELS_DIR ?? join(data, "council/models");
}

/** What it prints first; goes on reading, because a server whose reader has gone is told so when it writes again. */
function firstLine(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", resolve).on("close", () => resolve(""));
    child.once("error", reject);
  });
}
