import type { CouncilVoice, VoteAnswer, VoteFrame } from "../messages/wire";

/** One voice, as far as it has come. */
export interface Voice {
  name: string;
  model: string;
  reply: string;
  /** Its whole report, when it has ended. */
  ended: CouncilVoice | null;
  /** What it thinks of the others' replies, the best first. */
  ranking: readonly { voice: string; points: number }[] | null;
  /** Why its ranking does not count. */
  rankingProblem: string | null;
}

/** A vote, as far as it has come. */
export interface Vote {
  voices: readonly Voice[];
  /** The chair's model, from when it writes. */
  chair: string | null;
  chairText: string;
  /** The outcome, where the stream tells it. */
  verdict: VoteAnswer | null;
}

export const noVote: Vote = { voices: [], chair: null, chairText: "", verdict: null };

/** What a voice is doing. */
export function stateOf({ ended, reply }: Voice): "thinking" | "speaking" | "done" | "failed" {
  if (ended !== null) return ended.failure ? "failed" : "done";
  return reply === "" ? "thinking" : "speaking";
}

/** The vote after one more frame. */
export function withFrame(vote: Vote, frame: VoteFrame): Vote {
  switch (frame.event) {
    case "voice_started":
      return withVoice(vote, frame.voice, { model: frame.model });
    case "voice_text": {
      const said = vote.voices.find(({ name }) => name === frame.voice)?.reply ?? "";
      return withVoice(vote, frame.voice, { reply: said + frame.text });
    }
    case "voice_ended":
      return withVoice(vote, frame.voice, { model: frame.model, reply: frame.reply, ended: frame });
    case "ranked":
      return withVoice(vote, frame.voice, { ranking: frame.ranking, rankingProblem: frame.problem ?? null });
    case "chair_started":
      return { ...vote, chair: frame.model };
    case "chair_text":
      return { ...vote, chairText: vote.chairText + frame.text };
    case "verdict":
      // The verdict's voices have their final weights, and what checks made of them.
      return frame.council_voices.reduce<Vote>(
        (all, voice) => withVoice(all, voice.voice, { model: voice.model, reply: voice.reply, ended: voice }),
        { ...vote, verdict: frame },
      );
    case "failed":
      return vote;
  }
}

function withVoice(vote: Vote, name: string, changes: Partial<Voice>): Vote {
  const fresh: Voice = { name, model: "", reply: "", ended: null, ranking: null, rankingProblem: null };
  const known = vote.voices.some((voice) => voice.name === name);
  const voices = known ? vote.voices : [...vote.voices, fresh];
  return { ...vote, voices: voices.map((voice) => (voice.name === name ? { ...voice, ...changes } : voice)) };
}
