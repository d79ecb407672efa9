import { expect, test } from "vitest";
import type { VoteFrame } from "../messages/wire";
import { type Vote, noVote, stateOf, withFrame } from "./votes";

const after = (...frames: object[]) => frames.reduce<Vote>((vote, frame) => withFrame(vote, frame as VoteFrame), noVote);
const ended = (voice: string, more: object = {}) => ({
  event: "voice_ended",
  voice,
  model: "tiny",
  reply: `I am ${voice}`,
  weight: 0.4,
  tokens: 3,
  cost_usd: 0,
  latency_ms: 10,
  ...more,
});

test("voices think, speak, are done or have failed", () => {
  const vote = after(
    ...["A", "B", "C", "D"].map((voice) => ({ event: "voice_started", voice, model: "tiny" })),
    { event: "voice_text", voice: "B", text: "It " },
    { event: "voice_text", voice: "B", text: "is" },
    ended("C"),
    ended("D", { reply: "", failure: { kind: "late", reason: "took longer than 60 s" } }),
  );
  expect(vote.voices.map((voice) => [voice.name, stateOf(voice)])).toEqual([
    ["A", "thinking"],
    ["B", "speaking"],
    ["C", "done"],
    ["D", "failed"],
  ]);
  expect(vote.voices[1]?.reply).toBe("It is");
});

test("a voice that never said that it began is there all the same", () => {
  expect(after(ended("A")).voices).toMatchObject([{ name: "A", reply: "I am A" }]);
});

test("the verdict has the last word on weights and checks", () => {
  const verdict = { event: "verdict", text: "42", council_voices: [ended("A", { weight: 0.9, verified: true })] };
  const vote = after(
    ended("A"),
    { event: "ranked", voice: "A", ranking: [{ voice: "B", points: 7 }] },
    { event: "chair_started", model: "tiny" },
    { event: "chair_text", text: "4" },
    { event: "chair_text", text: "2" },
    verdict,
  );
  expect(vote).toMatchObject({ chair: "tiny", chairText: "42", verdict: { text: "42" } });
  expect(vote.voices).toMatchObject([{ ended: { weight: 0.9, verified: true }, ranking: [{ voice: "B", points: 7 }] }]);
});
