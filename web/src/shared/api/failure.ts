import { texts } from "@/shared/i18n/shared";
import type { ErrorBody } from "./types";

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
  ) {
    super(message);
  }
}

/** The failure that a response's body tells of; `body` is whatever was parsed from it. */
export function failureOf(status: number, body: unknown): Failure {
  if (isErrorBody(body)) {
    const { message, hint, code, request_id } = body.error;
    return new Failure(message, hint ?? null, code, request_id);
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
