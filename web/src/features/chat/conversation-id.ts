/**
 * A new conversation's id. Made here and not by the server, so that a conversation has its address, and can be found
 * again, from the moment of its first question, even when the answer to that is stopped.
 */
export function newConversationId(): string {
  // Not `randomUUID`, which browsers withhold from plain-HTTP pages that are not loopback.
  const random = crypto.getRandomValues(new Uint8Array(16));
  return `conv_${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A title for a conversation that begins with this prompt: its beginning, on one line, cut between words. */
export function titleOf(prompt: string): string {
  const line = prompt.replace(/[\s\p{Cc}]+/gu, " ").trim();
  const letters = Array.from(line);
  if (letters.length <= 60) return line;
  const cut = letters.slice(0, 60).join("");
  const space = cut.lastIndexOf(" ");
  return `${space > 30 ? cut.slice(0, space) : cut}…`;
}
