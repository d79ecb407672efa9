import { memo } from "react";
import type { Model } from "@/shared/api/types";
import { texts } from "@/shared/i18n/chat";
import { FailureNote } from "@/shared/ui/failure-note";
import { AnswerMeta } from "./answer-meta";
import { Answer, Said } from "./message-parts";
import { type Turn, isRunning } from "./turns";

interface TurnViewProps {
  turn: Turn;
  model: Model | undefined;
  onRetry: (turn: Turn) => void;
}

/** A question of this tab and its answer, in whichever state that is. */
export const TurnView = memo(({ turn, model, onRetry }: TurnViewProps) => {
  const { answer, done, failure, status } = turn;
  return (
    <>
      <Said text={turn.question.prompt} />
      {(answer !== "" || failure === null) && (
        <Answer text={answer} streaming={isRunning(turn)}>
          {status === "stopped" && (
            <span>{answer === "" ? `${texts.chat.stopped}. ${texts.chat.noAnswer}` : texts.chat.stopped}</span>
          )}
          {status === "done" && answer === "" && <span>{texts.chat.emptyAnswer}</span>}
          {done && <AnswerMeta model={model} modelId={done.model} measured={done} />}
        </Answer>
      )}
      {failure !== null && <FailureNote failure={failure} onRetry={() => onRetry(turn)} />}
    </>
  );
});
TurnView.displayName = "TurnView";
