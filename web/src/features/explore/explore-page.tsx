import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useRoute } from "wouter";
import { api, dataOf } from "@/shared/api/client";
import { texts } from "@/shared/i18n/explore";
import { Page } from "@/shared/ui/page";
import { EmptyState, ErrorState, LoadingState } from "@/shared/ui/states";
import { type ApiDocument, readDocument } from "./document";
import { HistoryPanel } from "./history-panel";
import { RouteList } from "./route-list";
import { RouteView } from "./route-view";

/** Every route of the server: what it takes, a way to send it, and the program that does. */
export default function ExplorePage() {
  const [, chosen] = useRoute("/explore/:id");
  const description = useQuery({ queryKey: ["openapi"], queryFn: () => dataOf(api.GET("/openapi.json")), staleTime: Infinity });
  const document = useMemo(() => description.data && readDocument(description.data), [description.data]);
  return (
    <Page
      title={texts.title}
      actions={
        <p className="text-xs text-faint">
          {document && <span>{texts.about(document.version, document.operations.length)} · </span>}
          <a href="/openapi.json" className="text-accent underline underline-offset-4">{texts.document}</a>
        </p>
      }
      // Its place is there from the start, so that nothing moves when it comes.
      aside={document ? <RouteList tags={document.tags} chosen={chosen?.id ?? null} /> : <LoadingState label={texts.loading} lines={12} />}
      asideIsList
    >
      {chosen === null && <p className="mx-auto mb-5 max-w-[46rem] text-sm leading-relaxed text-soft">{texts.introduction}</p>}
      {description.isPending && <LoadingState lines={5} />}
      {description.error && <ErrorState error={description.error} onRetry={() => void description.refetch()} />}
      {document && <Content document={document} chosen={chosen?.id ?? null} />}
    </Page>
  );
}

function Content({ document, chosen }: { document: ApiDocument; chosen: string | null }) {
  if (chosen === null) return <Overview document={document} />;
  const operation = document.operations.find(({ id }) => id === chosen);
  if (operation === undefined) return <EmptyState title={texts.unknown(chosen)}>{texts.unknownWhat}</EmptyState>;
  return <RouteView key={operation.id} operation={operation} document={document} />;
}

/** Before one is chosen. A phone has the list here, and not beside it. */
function Overview({ document }: { document: ApiDocument }) {
  return (
    <div className="mx-auto grid max-w-[46rem] gap-5">
      <dl className="hidden gap-x-6 gap-y-2 text-sm md:grid md:grid-cols-[max-content_minmax(0,1fr)_max-content]">
        {document.tags.map(({ name, description, operations }) => (
          <div key={name} className="contents">
            <dt className="font-medium">{name}</dt>
            <dd className="text-soft">{description}</dd>
            <dd className="text-right text-xs leading-5 text-faint tabular-nums">{texts.routeCount(operations.length)}</dd>
          </div>
        ))}
      </dl>
      <HistoryPanel document={document} />
      <div className="md:hidden">
        <RouteList tags={document.tags} chosen={null} />
      </div>
    </div>
  );
}
