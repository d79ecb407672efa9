import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { texts } from "@/shared/i18n/shared";
import { PageRail } from "@/shared/ui/page-nav";
import { Toasts } from "@/shared/ui/toasts";
import { Broken } from "./broken";
import { page } from "./page";
import { SessionGate } from "./session-gate";

const ChatPage = page("chat", () => import("@/features/chat/chat-page"));
const MonitorPage = page("monitor", () => import("@/features/monitor/monitor-page"));
const AdminPage = page("admin", () => import("@/features/admin/admin-page"));
const ExplorePage = page("explore", () => import("@/features/explore/explore-page"));

/** The pages by their addresses. The server has the same list (crates/council-server/src/ui.rs). */
export function App() {
  // The server is on the same machine as a rule: a failure is worth showing at once, not after three tries.
  // And a browser that thinks itself offline reaches it all the same.
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: false, networkMode: "always" }, mutations: { networkMode: "always" } },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <div className="flex h-dvh bg-paper text-ink">
        <SessionGate>
          <PageRail />
          <Broken>
            <Switch>
              <Route path="/chat"><ChatPage conversation={null} /></Route>
              <Route path="/chat/:id">{({ id }) => <ChatPage conversation={decodeURIComponent(id)} />}</Route>
              <Route path="/monitor/*?"><MonitorPage /></Route>
              <Route path="/admin"><AdminPage /></Route>
              <Route path="/admin/:section">{({ section }) => <AdminPage section={section} />}</Route>
              <Route path="/explore/*?"><ExplorePage /></Route>
              {/* The server sends browsers there by itself; Vite's development server does not. */}
              <Route path="/"><Redirect to="/chat" replace /></Route>
              <Route><NotFound /></Route>
            </Switch>
          </Broken>
        </SessionGate>
        <Toasts />
      </div>
    </QueryClientProvider>
  );
}

function NotFound() {
  return (
    <main className="grid flex-1 place-content-center gap-3 text-center">
      <h1 className="text-2xl font-semibold tracking-tight">{texts.app.notFoundTitle}</h1>
      <Link href="/chat" className="text-accent underline underline-offset-4">{texts.app.notFoundLink}</Link>
    </main>
  );
}
