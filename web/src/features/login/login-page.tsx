import { type FormEvent, useEffect, useRef, useState } from "react";
import { asFailure } from "@/shared/api/failure";
import { useSignIn } from "@/shared/api/session";
import { texts } from "@/shared/i18n/login";
import { texts as common } from "@/shared/i18n/shared";
import { formatDuration } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "@/shared/ui/field";
import { Mark } from "@/shared/ui/icons";
import { useCountdown } from "./use-countdown";

/** Where a key is asked for. With the right one the page that was wanted is there. */
export default function LoginPage() {
  const [key, setKey] = useState("");
  const { left, begin } = useCountdown();
  const field = useRef<HTMLInputElement>(null);
  const signIn = useSignIn();
  useEffect(() => field.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() === "" || left > 0 || signIn.isPending) return;
    signIn.mutate(key.trim(), {
      onError: (error) => {
        begin(asFailure(error).retryAfterS ?? 0);
        field.current?.select();
      },
    });
  };
  return (
    <main className="grid flex-1 place-content-center p-6">
      <title>{`${texts.open} · ${common.app.name}`}</title>
      <form onSubmit={submit} className="grid w-[min(24rem,calc(100vw-3rem))] gap-5">
        <div className="grid gap-2">
          <span className="text-accent"><Mark /></span>
          <h1 className="text-xl font-semibold tracking-tight">{texts.title}</h1>
          <p className="text-sm leading-relaxed text-soft">{texts.about}</p>
        </div>
        <Field label={texts.key} hint={texts.hint} error={problemOf(signIn.error, left)}>
          {(attributes) => (
            <Input
              {...attributes}
              ref={field}
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              value={key}
              onChange={(event) => {
                setKey(event.target.value);
                if (left === 0) signIn.reset();
              }}
            />
          )}
        </Field>
        <Button type="submit" kind="primary" disabled={key.trim() === "" || left > 0 || signIn.isPending}>
          {left > 0 ? texts.wait(secondsOf(left)) : texts.open}
        </Button>
      </form>
    </main>
  );
}

/** A count goes down by whole seconds. */
function secondsOf(left: number): string {
  return left < 60 ? `${left} s` : formatDuration(left * 1000);
}

/** What was wrong with the last try. */
function problemOf(error: unknown, left: number): string | undefined {
  if (left > 0) return texts.waiting;
  if (error === null) return undefined;
  const failure = asFailure(error);
  if (failure.code === "rate_limited") return undefined;
  return failure.code === "unauthorized" ? texts.unknown : failure.message;
}
