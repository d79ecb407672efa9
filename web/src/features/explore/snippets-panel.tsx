import { useState } from "react";
import { texts } from "@/shared/i18n/explore";
import { CopyButton } from "@/shared/ui/copy-button";
import { Panel } from "@/shared/ui/panel";
import { Tabs } from "@/shared/ui/tabs";
import { Code } from "./answer-body";
import type { HttpRequest } from "./request";
import { type Language, snippets } from "./snippets/snippet";

/** The request as a program that makes it. */
export function SnippetsPanel({ request }: { request: HttpRequest }) {
  const [chosen, choose] = useState<Language>("curl");
  const written = Object.entries(snippets).flatMap(([language, write]) => {
    const code = write(request, location.origin);
    return code === null ? [] : [{ id: language as Language, name: texts.snippets[language as Language], code }];
  });
  const [first] = written;
  const shown = written.find(({ id }) => id === chosen) ?? first;
  if (shown === undefined) return null;
  return (
    <Panel title={texts.snippets.title} actions={<CopyButton text={() => shown.code} label={texts.snippets.copy} />}>
      <Tabs label={texts.snippets.language} tabs={written} current={shown.id} onChange={choose}>
        <Code text={shown.code} label={shown.name} />
      </Tabs>
    </Panel>
  );
}
