// Conversations in numbers that nobody types.

const atOnce = 8;

async function post(base, path, body) {
  const response = await fetch(base + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status}: ${await response.text()}`);
  return response.json();
}

export async function manyConversations(base, count) {
  let made = 0;
  const worker = async () => {
    while (made < count) {
      const number = ++made;
      await post(base, "/v1/conversations", { title: `Conversation ${number} about something` });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** One conversation, imported as Council exports it; its id. The last message is called so: `message 5000`. */
export async function longConversation(base, count) {
  const messages = Array.from({ length: count }, (_, index) => ({ role: index % 2 === 0 ? "user" : "assistant", text: words(index + 1) }));
  const { conversations } = await post(base, "/v1/conversations/import", openWebUi(messages));
  return conversations[0].id;
}

function words(number) {
  const sentence = "It has a few **words**, some `code` and a line or two, as messages do. ";
  return `${sentence.repeat((number % 4) + 1)}This is message ${number}`;
}

/** The form of Open WebUI's export, which is no business of this server's and so stays as it is. */
function openWebUi(messages) {
  const history = Object.fromEntries(
    messages.map(({ role, text }, index) => [
      `m${index}`,
      {
        id: `m${index}`,
        parentId: index === 0 ? null : `m${index - 1}`,
        childrenIds: index === messages.length - 1 ? [] : [`m${index + 1}`],
        role,
        content: text,
        timestamp: 1_700_000_000 + index,
      },
    ]),
  );
  const chat = { title: "A long conversation", history: { messages: history, currentId: `m${messages.length - 1}` } };
  return [{ id: "long", title: "A long conversation", chat, created_at: 1_700_000_000, updated_at: 1_700_005_000 }];
}
