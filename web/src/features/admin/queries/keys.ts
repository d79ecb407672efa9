/** What is kept of the server's answers, by what was asked. */
export const keys = {
  settings: ["admin", "settings"],
  audit: ["admin", "audit"],
  catalog: ["admin", "catalog"],
  models: ["admin", "models"],
  pulls: ["admin", "pulls"],
  status: ["admin", "status"],
  budget: ["admin", "budget"],
  egress: ["admin", "egress"],
  sandbox: ["admin", "sandbox"],
  memory: ["admin", "memory"],
  restore: ["admin", "restore"],
  panic: ["admin", "panic"],
  apiKeys: ["admin", "api-keys"],
  users: ["admin", "users"],
  sessions: ["admin", "sessions"],
} as const;
