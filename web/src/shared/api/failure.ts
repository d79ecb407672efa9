import { meaningOf } from "@/shared/i18n/codes";
import { texts } from "@/shared/i18n/shared";
import type { ErrorBody, Outgoing } from "./types";

/** A request that did not succeed, in words that a person can act on. */
export class Failure extends Error {
  override readonly name = "Failure";

  constructor(
    message: string,
    /** What to do, where the server says it. */
    readonly hint: string | null = null,
    /** The server's code, such as `model_not_ready`; `unreachable` when there was no answer. */
    readonly code: string = "unreachable",
    /** The request's line in the server's log. */
    readonly requestId: string | null = null,
    /** How long to wait before the next try, in seconds, where the server says so. */
    readonly retryAfterS: number | null = null,
    /** What would leave the machine once the person agrees. */
    readonly outgoing: Outgoing | null = null,
  ) {
    super(message);
  }
}

interface Told {
  message: string;
  hint?: string | null | undefined;
  code: string;
  requestId: string | null;
  retryAfterS?: number | null;
  outgoing?: Outgoing | null | undefined;
}

/** What the server tells, in the language of the page where its code says enough; its own words then come below. */
export function toldFailure({ message, hint = null, code, requestId, retryAfterS = null, outgoing = null }: Told): Failure {
  const meaning = meaningOf(code);
  if (meaning === null) return new Failure(message, hint, code, requestId, retryAfterS, outgoing);
  const details = [message, hint].filter((part) => part !== null).join(". ");
  return new Failure(meaning, details, code, requestId, retryAfterS, outgoing);
}

/** Said on the document when the server does not know who asks: a session has ended, or there was none. */
export const unauthorisedEvent = "council:unauthorised";

/** The failure that a response's body tells of; `body` is whatever was parsed from it. */
export function failureOf(status: number, body: unknown, headers?: Headers): Failure {
  if (status === 401) document.dispatchEvent(new CustomEvent(unauthorisedEvent));
  if (isErrorBody(body)) {
    const { message, hint, code, request_id, outgoing } = body.error;
    const after = Number(headers?.get("retry-after") ?? Number.NaN);
    const retryAfterS = Number.isFinite(after) ? after : null;
    return toldFailure({ message, hint, code, requestId: request_id, retryAfterS, outgoing });
  }
  return new Failure(texts.failure.unexpected(status), null, "unexpected");
}

/** Any thrown value as a failure. What `fetch` throws means that there was no answer. */
export function asFailure(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : new Failure(texts.failure.unreachable);
}

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === "object" &&
    body !== null &&
    "error" in body &&
    typeof body.error === "object" &&
    body.error !== null &&
    "message" in body.error &&
    typeof body.error.message === "string"
  );
}
