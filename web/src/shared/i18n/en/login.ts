/** What the page says that asks for a key. */
const texts = {
  title: "This server asks for a key",
  about: "It can be reached from other machines, so it has to know who asks.",
  key: "API key",
  hint: "It begins with cnc_. Whoever runs the server makes one with `council key add`, or under Admin, API keys.",
  open: "Sign in",
  wait: (time: string) => `Next try in ${time}`,
  waiting: "Too many wrong keys came from here.",
  unknown: "This key is not known here, has expired, or was revoked.",
};

export default texts;
