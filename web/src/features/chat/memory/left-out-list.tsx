import { useQuery } from "@tanstack/react-query";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/chat";
import { Button } from "@/shared/ui/button";
import { useLeftOut } from "./left-out";

/** The memories that a conversation leaves out, each with a way to have it back; nothing where it leaves none out. */
export function LeftOutList({ conversation }: { conversation: string }) {
  const { ids, takeBack } = useLeftOut(conversation);
  if (ids.length === 0) return null;
  return (
    <section aria-label={texts.recall.leftOut} className="grid gap-1">
      <h3 className="text-sm font-medium">{texts.recall.leftOut}</h3>
      <p className="text-xs text-faint">{texts.recall.leftOutHint}</p>
      <ul className="divide-y divide-line">
        {ids.map((id) => (
          <li key={id} className="flex items-center justify-between gap-3 py-1.5 text-sm">
            <MemoryText id={id} />
            <Button size="small" kind="quiet" onClick={() => takeBack(id)}>{texts.recall.takeBack}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What it says; its id where it was forgotten meanwhile. */
function MemoryText({ id }: { id: string }) {
  const { data } = useQuery({
    queryKey: ["memory", id],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/memory/{id}", { params: { path: { id } }, signal })),
    staleTime: 60_000,
  });
  return data === undefined ? <code className="truncate text-faint">{id}</code> : <span className="min-w-0 truncate">{data.text}</span>;
}
