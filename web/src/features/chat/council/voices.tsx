import { useState } from "react";
import { texts } from "@/shared/i18n/chat";
import { Tabs } from "@/shared/ui/tabs";
import { useWide } from "./use-wide";
import { VoiceCard } from "./voice-card";
import type { Voice } from "./votes";

/** Every voice side by side; where there is no room for that, one at a time. */
export default function Voices({ voices }: { voices: readonly Voice[] }) {
  const wide = useWide();
  const [chosen, setChosen] = useState<string | null>(null);
  const current = voices.find(({ name }) => name === chosen) ?? voices[0];
  if (current === undefined) return null;
  if (!wide) {
    return (
      <Tabs label={texts.vote.voices} tabs={voices.map(({ name }) => ({ id: name, name }))} current={current.name} onChange={setChosen}>
        <VoiceCard voice={current} points={pointsFor(voices, current.name)} />
      </Tabs>
    );
  }
  return (
    // Focusable, because a keyboard must be able to scroll it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} role="group" aria-label={texts.vote.voices} className="flex gap-3 overflow-x-auto pb-2">
      {voices.map((voice) => (
        <section
          key={voice.name}
          aria-label={voice.name}
          className="max-h-[32rem] w-64 shrink-0 overflow-y-auto rounded-lg border border-line bg-field p-3"
        >
          <h3 className="mb-2 font-semibold">{voice.name}</h3>
          <VoiceCard voice={voice} points={pointsFor(voices, voice.name)} />
        </section>
      ))}
    </div>
  );
}

/** What the others think of a voice's reply. */
function pointsFor(voices: readonly Voice[], name: string): number[] {
  return voices.flatMap(({ ranking }) => (ranking ?? []).filter(({ voice }) => voice === name).map(({ points }) => points));
}
