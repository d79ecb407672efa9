import { type Language, language } from "./language";

type Codes = Readonly<Record<string, string>>;

/** What the server's codes mean (docs/errors.md), in languages that the server does not speak. */
export const codes: Partial<Record<Language, Codes>> = {
  de: {
    invalid_request: "Die Anfrage ist so nicht möglich.",
    context_length_exceeded: "Die Frage ist mit dem bisher Gesagten zu lang für das Modell.",
    unauthorized: "Der Server weiß nicht, wer fragt: Ein Schlüssel fehlt oder gilt nicht.",
    forbidden: "Das ist von hier aus oder mit diesem Schlüssel nicht erlaubt.",
    egress_refused: "Nichts wurde gesendet: Das Modell ist auf einem anderen Rechner, und dorthin darf dies nicht.",
    consent_required: "Nichts wurde gesendet: Privates darf erst nach Zustimmung auf einen anderen Rechner.",
    not_found: "Das gibt es nicht oder nicht mehr.",
    method_not_allowed: "So kann dieser Weg nicht benutzt werden.",
    request_timeout: "Die Anfrage kam nicht rechtzeitig vollständig an.",
    body_too_large: "Das ist zu groß.",
    unsupported_media_type: "Dieses Format wird hier nicht verstanden.",
    conflict: "Das geht nicht, weil sich inzwischen etwas geändert hat oder gerade läuft.",
    tool_failed: "Das Werkzeug konnte das nicht ausführen.",
    budget_exhausted: "Das Budget reicht dafür nicht; es wurde nichts ausgegeben.",
    declined: "Diese Fähigkeit beantwortet die Frage nicht.",
    skill_failed: "Diese Fähigkeit konnte ihre Arbeit nicht tun.",
    busy: "Gerade ist zu viel zu tun. Ein späterer Versuch hilft.",
    rate_limited: "Das waren zu viele Anfragen in kurzer Zeit.",
    internal: "Im Server ist etwas fehlgeschlagen; sein Protokoll sagt mehr.",
    no_verdict: "Der Rat hat nichts entschieden.",
    upstream_failed: "Der andere Rechner hat abgelehnt oder ist nicht erreichbar.",
    model_not_ready: "Gerade ist kein Modell bereit.",
    model_does_not_fit: "Das Modell passt nicht in den freien Speicher.",
    sandbox_unavailable: "Programme können hier nicht abgeschottet werden, also wurde nichts ausgeführt.",
    language_unavailable: "Diese Programmiersprache ist auf dem Server nicht vorhanden.",
    shutting_down: "Der Server wurde beendet, bevor die Antwort fertig war.",
    upstream_timeout: "Der andere Rechner hat zu lange nicht geantwortet.",
    overloaded: "Der Server hat so viele Verbindungen, wie er haben darf.",
    storage_read_only: "Auf die Festplatte mit der Datenbank kann nicht geschrieben werden; gelesen wird weiter.",
    storage_full: "Die Festplatte mit der Datenbank ist voll.",
  },
};

/** What a code means in the language of this visit; `null`: the server's own words say it. */
export function meaningOf(code: string): string | null {
  const known = codes[language];
  return known !== undefined && Object.hasOwn(known, code) ? (known[code] ?? null) : null;
}
