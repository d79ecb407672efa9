import createClient from "openapi-fetch";
import { asFailure, failureOf } from "./failure";
import type { paths } from "./schema";

/** The server's API, typed by its own OpenAPI document. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  // Looked up at each call, so that tests can put another in its place.
  fetch: (request) => globalThis.fetch(request),
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data, or a thrown `Failure`. */
export async function dataOf<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, error, response } = await call.catch((thrown: unknown) => {
    throw asFailure(thrown);
  });
  if (data === undefined) throw failureOf(response.status, error, response.headers);
  return data;
}
