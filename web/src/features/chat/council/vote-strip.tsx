import { texts } from "@/shared/i18n/chat";
import { CheckIcon, CloseIcon } from "@/shared/ui/icons";
import { type Vote, type Voice, stateOf } from "./votes";

/** Which voices think, speak, are done or have failed; and the chair. */
export function VoteStrip({ vote, running }: { vote: Vote; running: boolean }) {
  return (
    <ul aria-label={texts.vote.strip} className="flex flex-wrap gap-1.5">
      {vote.voices.map((voice) => <Chip key={voice.name} name={voice.name} state={running ? stateOf(voice) : ended(voice)} />)}
      {vote.chair !== null && (
        <Chip name={texts.vote.chair} state={running && vote.verdict === null ? "speaking" : "done"} />
      )}
    </ul>
  );
}

type State = ReturnType<typeof stateOf>;

/** Nobody thinks any more when the vote is over. */
function ended(voice: Voice): State {
  return voice.ended !== null && !voice.ended.failure ? "done" : "failed";
}

function Chip({ name, state }: { name: string; state: State }) {
  const colours = {
    thinking: "border-line text-faint",
    speaking: "border-accent/50 text-accent",
    done: "border-line text-soft",
    failed: "border-danger/50 text-danger",
  }[state];
  return (
    <li className={`flex h-6 items-center gap-1.5 rounded-full border px-2 text-xs [&_svg]:size-3.5 ${colours}`}>
      {state === "done" && <CheckIcon />}
      {state === "failed" && <CloseIcon />}
      {(state === "thinking" || state === "speaking") && <span className="waiting-dot size-1.5 rounded-full bg-current" />}
      <span>{name}</span>
      <span className="sr-only">{texts.vote.states[state]}</span>
    </li>
  );
}
