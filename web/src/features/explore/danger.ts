import type { Operation } from "./document";

const takesAway = /(^|[/_-])(forget|delete|panic|reset|unload|restore|clear|wipe|revoke|undo|stop)([/_-]|$)/;

/** Whether a route takes something away or changes how the server behaves: it is asked about before it is sent. */
export function isDangerous({ method, path, tag }: Pick<Operation, "method" | "path" | "tag">): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return method === "DELETE" || tag === "admin" || takesAway.test(path);
}
