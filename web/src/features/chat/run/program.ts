import { eventsOf } from "@/shared/api/event-stream";
import { Failure, failureOf } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/shared";
import type { SandboxEvent, SandboxResult } from "../messages/wire";

export interface Program {
  /** The sandbox's name of it. */
  language: string;
  code: string;
  /** Programs of one session know of each other's variables. */
  session: string;
}

/** A piece of what it wrote, in its order. */
export interface Written {
  to: "stdout" | "stderr";
  text: string;
}

/** Runs a program in isolation and yields what it writes; last what came of it. Aborting ends it. */
export async function* runProgram(program: Program, signal: AbortSignal): AsyncGenerator<Written, SandboxResult> {
  const { language, code, session } = program;
  const response = await fetch("/v1/sandbox/run", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ language, code, session_id: session, stream: true }),
    signal,
  });
  if (!response.ok || response.body === null) {
    throw failureOf(response.status, await response.json().catch(() => null));
  }
  for await (const data of eventsOf(response.body)) {
    const event = JSON.parse(data) as SandboxEvent;
    if (event.event === "finished") return event.result;
    if (event.event === "failed") {
      const { message, hint, code: kind, request_id: id } = event.error;
      throw new Failure(message, hint ?? null, kind, id);
    }
    if (event.event !== "started") yield { to: event.event, text: event.text };
  }
  throw new Failure(texts.failure.endedEarly, null, "ended_early");
}

/** Ends what runs in a session and keeps its variables; false where that could not be told. */
export async function interrupt(session: string): Promise<boolean> {
  const path = `/v1/sandbox/sessions/${encodeURIComponent(session)}/interrupt`;
  const response = await fetch(path, { method: "POST" }).catch(() => null);
  return response?.ok ?? false;
}
