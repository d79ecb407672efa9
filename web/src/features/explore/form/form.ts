import { createContext, useContext } from "react";
import type { Schema, Schemas } from "../document";

/** What all fields of a form share. */
export interface FormContext {
  schemas: Schemas;
  /** What is wrong, by place. */
  problems: ReadonlyMap<string, string>;
}

export const Form = createContext<FormContext>({ schemas: {}, problems: new Map() });
export const useForm = () => useContext(Form);

export interface FieldProps {
  name: string;
  /** Where it is in the whole: `messages[0].role`. */
  at: string;
  schema: Schema;
  /** `undefined`: absent. */
  value: unknown;
  /** With `undefined` it is taken out. */
  onChange: (value: unknown) => void;
  required: boolean;
  /** Without a frame and a name of its own: it is all there is, or has just been named. */
  bare?: boolean;
}
