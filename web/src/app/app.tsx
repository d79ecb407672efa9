import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Redirect, Route, Switch } from "wouter";
import { ChatPage } from "@/features/chat/chat-page";
import { texts } from "@/shared/lib/texts";

/** The pages by their addresses. The server has the same list (crates/council-server/src/ui.rs). */
export function App() {
  // The server is on the same machine as a rule: a failure is worth showing at once, not after three tries.
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false } } }));
  return (
    <QueryClientProvider client={client}>
      <Switch>
        <Route path="/chat"><ChatPage conversation={null} /></Route>
        <Route path="/chat/:id">{({ id }) => <ChatPage conversation={decodeURIComponent(id)} />}</Route>
        {/* The server sends browsers there by itself; Vite's development server does not. */}
        <Route path="/"><Redirect to="/chat" replace /></Route>
        <Route><NotFound /></Route>
      </Switch>
    </QueryClientProvider>
  );
}

function NotFound() {
  return (
    <main className="grid h-dvh place-content-center gap-3 bg-paper text-center text-ink">
      <h1 className="text-2xl font-semibold tracking-tight">{texts.app.notFoundTitle}</h1>
      <Link href="/chat" className="text-accent underline underline-offset-4">{texts.app.notFoundLink}</Link>
    </main>
  );
}
