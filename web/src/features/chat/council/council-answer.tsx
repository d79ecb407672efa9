import { texts } from "@/shared/i18n/chat";
import { later } from "@/shared/ui/later";
import { Verdict } from "./verdict";
import { VoteStrip } from "./vote-strip";
import type { Vote } from "./votes";

const Voices = later(() => import("./voices"), <div className="h-40" />);

interface CouncilAnswerProps {
  vote: Vote;
  running: boolean;
  /** Whether it was asked beside the conversation, so that its verdict stands nowhere else. */
  aside?: boolean;
}

/** A council: who says what at present, and what came of it. */
export function CouncilAnswer({ vote, running, aside = false }: CouncilAnswerProps) {
  return (
    <div className="mb-4 space-y-3">
      <VoteStrip vote={vote} running={running} />
      <details className="group rounded-lg border border-line bg-panel px-3 py-2" open={aside}>
        <summary className="cursor-pointer text-xs text-soft">{texts.vote.show}</summary>
        <div className="mt-3">
          <Voices voices={vote.voices} />
        </div>
      </details>
      {running && vote.verdict === null && vote.chairText !== "" && (
        <p className="line-clamp-3 text-sm text-faint">{vote.chairText}</p>
      )}
      {vote.verdict !== null && <Verdict verdict={vote.verdict} chair={vote.chair} withText={aside} />}
    </div>
  );
}
