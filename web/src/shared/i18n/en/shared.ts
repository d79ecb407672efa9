/** What every page says. */
const texts = {
  app: {
    name: "Council",
    pages: "Pages",
    chat: "Chat",
    monitor: "Monitor",
    admin: "Admin",
    explore: "Explore",
    loading: "Loading",
    notFoundTitle: "There is no such page",
    notFoundLink: "Go to the chat",
    brokenTitle: "This page has failed",
    updated: "The server was updated since this page was opened. Reload it.",
    reload: "Reload",
    close: "Close",
    cancel: "Cancel",
    undo: "Undo",
    appearance: "Colours and language",
    theme: "Colours",
    themeSystem: "As the system",
    themeLight: "Light",
    themeDark: "Dark",
    language: "Language",
    languageOfBrowser: "As the browser",
  },
  age: { today: "Today", yesterday: "Yesterday", week: "Previous 7 days", older: "Older" },
  failure: {
    unreachable: "The server does not answer. Is `council serve` still running?",
    unexpected: (status: number) => `The server answered with status ${status}, and not in a form that this page knows.`,
    endedEarly: "The connection ended before the answer did.",
    tryAgain: "Try again",
    request: (id: string) => `Request ${id}`,
  },
  code: { copy: "Copy", copied: "Copied", copyFailed: "Copying is not allowed here" },
};

export default texts;
