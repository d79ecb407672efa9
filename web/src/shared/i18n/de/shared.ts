import type en from "../en/shared";

/** What every page says. */
const texts: typeof en = {
  app: {
    name: "Council",
    pages: "Seiten",
    chat: "Chat",
    monitor: "Monitor",
    admin: "Verwaltung",
    explore: "Erkunden",
    loading: "Wird geladen",
    notFoundTitle: "Diese Seite gibt es nicht",
    notFoundLink: "Zum Chat",
    brokenTitle: "Auf dieser Seite ist ein Fehler aufgetreten",
    updated: "Der Server wurde aktualisiert, seit diese Seite geöffnet wurde. Bitte neu laden.",
    reload: "Neu laden",
    close: "Schließen",
    cancel: "Abbrechen",
    undo: "Rückgängig",
    appearance: "Farben und Sprache",
    theme: "Farben",
    themeSystem: "Wie das System",
    themeLight: "Hell",
    themeDark: "Dunkel",
    language: "Sprache",
    languageOfBrowser: "Wie der Browser",
  },
  account: {
    open: (user: string) => `Angemeldet als ${user}`,
    title: "Angemeldet",
    user: "Nutzer",
    key: "Mit dem Schlüssel",
    scopes: "Darf nutzen",
    noScopes: "nur Messwerte",
    ends: "Bis",
    leave: "Abmelden",
  },
  age: { today: "Heute", yesterday: "Gestern", week: "Letzte 7 Tage", older: "Älter" },
  failure: {
    unreachable: "Der Server antwortet nicht. Läuft `council serve` noch?",
    unexpected: (status: number) =>
      `Der Server hat mit Status ${status} geantwortet, und nicht in einer Form, die diese Seite kennt.`,
    endedEarly: "Die Verbindung ist abgebrochen, bevor die Antwort vollständig war.",
    tryAgain: "Erneut versuchen",
    request: (id: string) => `Anfrage ${id}`,
  },
  code: { copy: "Kopieren", copied: "Kopiert", copyFailed: "Kopieren ist hier nicht erlaubt" },
};

export default texts;
