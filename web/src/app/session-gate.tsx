import { type ReactNode, Suspense, lazy } from "react";
import { useSession, useSessionWatch } from "@/shared/api/session";
import { loadTexts } from "@/shared/i18n/catalogue";

const LoginPage = lazy(() => loadTexts("login").then(() => import("@/features/login/login-page")));

/** On the server's own machine nobody needs a key as a rule, and nothing waits until that is known. */
const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(window.location.hostname);

/** The pages; in their place the way in, where the server does not know who asks. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data, isPending } = useSession();
  useSessionWatch();
  if (data?.authenticated === false) {
    return (
      <Suspense fallback={<div className="flex-1" aria-busy="true" />}>
        <LoginPage />
      </Suspense>
    );
  }
  // A server that does not answer is said by the page itself.
  if (isPending && !isHere) return <div className="flex-1" aria-busy="true" />;
  return children;
}
