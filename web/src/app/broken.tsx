import { Component, type ReactNode } from "react";
import { asFailure } from "@/shared/api/failure";
import { texts } from "@/shared/i18n/shared";
import { Button } from "@/shared/ui/button";
import { FailureNote } from "@/shared/ui/failure-note";

/** Stands in for a page that failed: by an error of ours, or because its part is of another version than the server. */
export class Broken extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <main className="mx-auto grid max-w-[36rem] flex-1 content-center gap-4 px-4">
        <h1 className="text-xl font-semibold tracking-tight">{texts.app.brokenTitle}</h1>
        <FailureNote failure={asFailure(error)} />
        <p className="text-sm text-soft">{texts.app.updated}</p>
        <div>
          <Button kind="primary" onClick={() => location.reload()}>{texts.app.reload}</Button>
        </div>
      </main>
    );
  }
}
