import { create } from "zustand";
import { persist } from "zustand/middleware";
import { texts } from "@/shared/i18n/chat";

/** Instructions under a name, to choose them for a conversation. */
export interface Persona {
  name: string;
  instructions: string;
}

interface Personas {
  personas: readonly Persona[];
}

/** The person's own, and a few to begin with. Kept in this browser; a conversation keeps the instructions themselves. */
export const usePersonas = create<Personas>()(
  persist((): Personas => ({ personas: texts.personas.first }), { name: "council.personas" }),
);

/** Keeps instructions under a name; those that had it are replaced. */
export function keepPersona(persona: Persona): void {
  usePersonas.setState(({ personas }) => ({
    personas: [...personas.filter(({ name }) => name !== persona.name), persona],
  }));
}

export function removePersona(name: string): void {
  usePersonas.setState(({ personas }) => ({ personas: personas.filter((persona) => persona.name !== name) }));
}

/** The persona whose instructions these are. */
export function personaOf(personas: readonly Persona[], instructions: string | null): Persona | undefined {
  return personas.find((persona) => persona.instructions === instructions);
}
