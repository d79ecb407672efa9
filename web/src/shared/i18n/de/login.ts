import type en from "../en/login";

const texts: typeof en = {
  title: "Dieser Server verlangt einen Schlüssel",
  about: "Er ist von anderen Rechnern aus erreichbar und muss deshalb wissen, wer fragt.",
  key: "API-Schlüssel",
  hint: "Er beginnt mit cnc_. Wer den Server betreibt, erstellt einen mit `council key add` oder unter Verwaltung, API-Schlüssel.",
  open: "Anmelden",
  wait: (time: string) => `Nächster Versuch in ${time}`,
  waiting: "Von hier kamen zu viele falsche Schlüssel.",
  unknown: "Dieser Schlüssel ist hier nicht bekannt, abgelaufen oder widerrufen.",
};

export default texts;
