import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { FailureNote } from "@/shared/ui/failure-note";
import { askAside, putAway, stopAside, useAsides } from "./asides";
import { CouncilAnswer } from "./council-answer";

/** The council that was asked about an answer, below it; nothing where none was. */
export function CouncilAside({ answer, question }: { answer: string; question: string | null }) {
  const aside = useAsides(({ asides }) => asides[answer]);
  if (aside === undefined) return null;
  const { vote, running, failure } = aside;
  return (
    <section aria-label={texts.vote.strip} aria-busy={running} className="mt-4 rounded-xl border border-line p-4">
      <header className="mb-3 flex items-start justify-between gap-3">
        <div>
          <h3 className="font-semibold">{texts.vote.strip}</h3>
          <p className="text-xs text-faint">{texts.vote.asideAbout}</p>
        </div>
        {running ? (
          <Button size="small" className="shrink-0" onClick={() => stopAside(answer)}>{texts.vote.stop}</Button>
        ) : (
          <Button size="small" kind="quiet" className="shrink-0" onClick={() => putAway(answer)}>{texts.vote.close}</Button>
        )}
      </header>
      {running && vote.voices.length === 0 && <p role="status" className="text-sm text-faint">{texts.vote.deliberating}</p>}
      {vote.voices.length > 0 && <CouncilAnswer vote={vote} running={running} aside />}
      {failure !== null && (
        <FailureNote failure={failure} onRetry={question === null ? undefined : () => void askAside(answer, question)} />
      )}
    </section>
  );
}
